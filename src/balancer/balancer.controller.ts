import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

import { RequireScope } from '../auth/access.decorators.js';
import type { Page } from '../http/index.js';
import { ApiErrors } from '../openapi/api-errors.js';
import {
  explainedPageSchema,
  explainSchema,
  type ExplainedToken,
  type ExplainQuery,
} from './explain.schemas.js';
import { Explanations } from './explanations.js';

/** What the balancer would do, and why. */
@ApiTags('Admin: balancer')
@RequireScope('admin')
@Controller('admin/balancer')
export class BalancerController {
  constructor(private readonly explanations: Explanations) {}

  @Get('explain')
  @ApiOperation({ summary: 'Say of each token whether it would serve a generation now, newest first.' })
  @ApiResponse({ status: 200, standardSchema: explainedPageSchema, description: 'A page of tokens.' })
  @ApiErrors(400, 401, 403, 404)
  explain(@Query({ schema: explainSchema }) query: ExplainQuery): Promise<Page<ExplainedToken>> {
    return this.explanations.page(query);
  }
}
