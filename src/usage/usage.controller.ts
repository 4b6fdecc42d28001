import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, RequireScope, type Principal } from '../auth/index.js';
import { ApiErrors } from '../openapi/index.js';
import { UsagePages } from './usage-pages.js';
import { ownUsageSchema, usagePageSchema, type OwnUsageQuery, type UsagePageView } from './usage.schemas.js';

/** What a key has used itself. */
@ApiTags('Generations')
@RequireScope('read')
@Controller('v1/usage')
export class UsageController {
  constructor(private readonly pages: UsagePages) {}

  @Get()
  @ApiOperation({ summary: 'Sum up what your key used, by day and model. What failed is not used.' })
  @ApiResponse({ status: 200, standardSchema: usagePageSchema })
  @ApiErrors(400, 401, 403)
  read(
    @Query({ schema: ownUsageSchema }) { groupBy, limit, cursor, ...wanted }: OwnUsageQuery,
    @CurrentPrincipal() { keyId: key }: Principal,
  ): Promise<UsagePageView> {
    return this.pages.page({ ...wanted, key }, { groupBy, limit, cursor });
  }
}
