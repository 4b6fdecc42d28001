import { Readable } from 'node:stream';

import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { SlowAfter } from 'penstock/metrics';

import { CurrentPrincipal, RequireScope, type Principal } from '../../auth/index.js';
import { toPage, type Page } from '../../http/index.js';
import { ApiErrors } from '../../openapi/api-errors.js';
import { TokenSelector } from '../selection/token-selector.js';
import { TokenExportAudit } from './token-export-audit.js';
import type { TokenExportRow } from './token-export-row.entity.js';
import {
  exportPageSchema,
  exportQuerySchema,
  listExportsSchema,
  type ExportQuery,
  type ExportView,
  type ListExportsQuery,
} from './token-export.schemas.js';
import { TokenExport } from './token-export.js';

/** Tokens by the file, as `POST /admin/tokens/import` takes them. */
@ApiTags('Admin: tokens')
@RequireScope('admin')
@Controller('admin/tokens')
export class TokenExportController {
  constructor(
    private readonly selector: TokenSelector,
    private readonly tokens: TokenExport,
    private readonly audit: TokenExportAudit,
  ) {}

  @Get('export')
  @SlowAfter(Infinity)
  @ApiOperation({
    summary: 'Export tokens as NDJSON: one a line, without secrets unless they are asked for.',
  })
  @ApiResponse({ status: 200, content: { 'application/x-ndjson': {} }, description: 'The tokens.' })
  @ApiErrors(400, 401, 403)
  async export(
    @Query({ schema: exportQuerySchema }) { secrets, ...select }: ExportQuery,
    @CurrentPrincipal() { keyId, label }: Principal,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.audit.note({ keyId, keyLabel: label, secrets, selection: select });
    await reply
      .header('content-type', 'application/x-ndjson; charset=utf-8')
      .header('content-disposition', 'attachment; filename="tokens.ndjson"')
      .header('cache-control', 'no-store')
      .send(Readable.from(this.tokens.lines(this.selector.pages(select), secrets)));
  }
  @Get('exports')
  @ApiOperation({ summary: 'List who exported tokens and when, newest first.' })
  @ApiResponse({ status: 200, standardSchema: exportPageSchema, description: 'A page of exports.' })
  @ApiErrors(400, 401, 403)
  async list(
    @Query({ schema: listExportsSchema }) { limit, cursor }: ListExportsQuery,
  ): Promise<Page<ExportView>> {
    const rows = await this.audit.list(limit + 1, cursor);
    const placed = rows.map((row) => ({ row, createdAt: row.at, id: row.id }));
    return toPage(placed, limit, ({ row }) => viewOf(row));
  }
}

function viewOf({ id, at, keyId, keyLabel, secrets, selection }: TokenExportRow): ExportView {
  return { id, at: new Date(at).toISOString(), keyId, keyLabel, secrets, selection: { ...selection } };
}
