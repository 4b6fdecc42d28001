import { Module } from '@nestjs/common';

import { GenerationPollsController } from './generation-polls.controller.js';
import { PollingModelsController } from './polling-models.controller.js';

/** Polling for operators. Needs a global `PollingModule`, and `GenerationStore` from the global `GenerationsModule`. */
@Module({ controllers: [PollingModelsController, GenerationPollsController] })
export class PollingAdminModule {}
