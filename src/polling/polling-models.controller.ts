import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { PollingStrategies } from 'penstock/polling';

import { RequireScope } from '../auth/index.js';
import { ApiErrors } from '../openapi/index.js';
import { pollingModelsSchema, type PollingModelsView } from './polling-models.schemas.js';

/** What the polling strategy has learned. */
@ApiTags('Admin: polling')
@RequireScope('admin')
@Controller('admin/polling')
export class PollingModelsController {
  constructor(private readonly strategies: PollingStrategies) {}

  @Get('models')
  @ApiOperation({ summary: 'Show how long generations take, as polling has learned it.' })
  @ApiResponse({ status: 200, standardSchema: pollingModelsSchema })
  @ApiErrors(401, 403)
  models(): PollingModelsView {
    const { currentName, current } = this.strategies;
    const models = current.knowledge?.models() ?? [];
    return {
      strategy: currentName,
      data: models.map((model) => ({ ...model, lastSeenAt: new Date(model.lastSeenAt).toISOString() })),
    };
  }
}
