import { Module } from '@nestjs/common';

import { PollingModelsController } from './polling-models.controller.js';

/** Polling for operators. Needs `PollingStrategies` from a global `PollingModule`. */
@Module({ controllers: [PollingModelsController] })
export class PollingAdminModule {}
