import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

import { RequireScope } from '../auth/index.js';
import type { Page } from '../http/index.js';
import { ApiErrors } from '../openapi/index.js';
import { RequestQueries } from './request-queries.js';
import {
  listRequestsSchema,
  requestPageSchema,
  type ListRequestsQuery,
  type LoggedRequestView,
} from './requests.schemas.js';

/** What was done, by whom, and how it ended. */
@ApiTags('Admin: operations')
@RequireScope('admin')
@Controller('admin/requests')
export class RequestsController {
  constructor(private readonly queries: RequestQueries) {}

  @Get()
  @ApiOperation({ summary: 'Search the log of requests and of generations that ended, newest first.' })
  @ApiResponse({ status: 200, standardSchema: requestPageSchema, description: 'A page of the log.' })
  @ApiErrors(400, 401, 403, 503)
  list(@Query({ schema: listRequestsSchema }) query: ListRequestsQuery): Promise<Page<LoggedRequestView>> {
    return this.queries.page(query);
  }
}
