import { Readable } from 'node:stream';

import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { SlowAfter } from 'penstock/metrics';

import { RequireScope } from '../auth/index.js';
import { ApiErrors } from '../openapi/index.js';
import { usageCsv } from './ledger/usage-csv.js';
import { UsageQueries } from './ledger/usage-queries.js';
import { UsagePages } from './usage-pages.js';
import {
  usageCsvSchema,
  usagePageSchema,
  usageSchema,
  type AdminUsageQuery,
  type UsageCsvQuery,
  type UsagePageView,
} from './usage.schemas.js';

/** What every key has used. */
@ApiTags('Admin: operations')
@RequireScope('admin')
@Controller('admin')
export class UsageAdminController {
  constructor(
    private readonly pages: UsagePages,
    private readonly queries: UsageQueries,
  ) {}

  @Get('usage')
  @ApiOperation({ summary: 'Sum up what was used, by day, key, token, model and kind.' })
  @ApiResponse({ status: 200, standardSchema: usagePageSchema })
  @ApiErrors(400, 401, 403)
  read(
    @Query({ schema: usageSchema }) { groupBy, limit, cursor, ...wanted }: AdminUsageQuery,
  ): Promise<UsagePageView> {
    return this.pages.page(wanted, { groupBy, limit, cursor });
  }

  @Get('usage.csv')
  @SlowAfter(Infinity)
  @ApiOperation({ summary: 'Download the ledger as CSV, a line for each outcome.' })
  @ApiResponse({ status: 200, content: { 'text/csv': {} } })
  @ApiErrors(400, 401, 403)
  async csv(
    @Query({ schema: usageCsvSchema }) wanted: UsageCsvQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const filter = this.pages.filterOf(wanted);
    await reply
      .header('content-type', 'text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="usage-${filter.from}-${filter.to}.csv"`)
      .send(Readable.from(usageCsv((after, limit) => this.queries.rows(filter, after, limit))));
  }
}
