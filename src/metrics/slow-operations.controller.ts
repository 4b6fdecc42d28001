import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { SlowOperations, type SlowOperation } from 'penstock/metrics';

import { RequireScope } from '../auth/index.js';
import { ApiErrors } from '../openapi/index.js';
import {
  slowOperationsSchema,
  type SlowOperationsView,
  type SlowOperationView,
} from './slow-operations.schemas.js';

/** What took too long, and why. */
@ApiTags('Admin: operations')
@RequireScope('admin')
@Controller('admin/slow-operations')
export class SlowOperationsController {
  constructor(private readonly slow: SlowOperations) {}

  @Get()
  @ApiOperation({
    summary: 'See the latest and the worst slow operations and waits since the start, with their culprits.',
  })
  @ApiResponse({ status: 200, standardSchema: slowOperationsSchema, description: 'Kept in memory.' })
  @ApiErrors(401, 403)
  read(): SlowOperationsView {
    return { latest: this.slow.latest().map(viewOf), worst: this.slow.worst().map(viewOf) };
  }
}

function viewOf({ at, waits, within, ids, ...rest }: SlowOperation): SlowOperationView {
  return {
    ...rest,
    at: new Date(at).toISOString(),
    waits: waits.map((wait) => ({ ...wait })),
    within: [...within],
    ids: { ...ids },
  };
}
