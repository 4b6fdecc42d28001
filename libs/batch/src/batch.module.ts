import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';

import { BatchChanges } from './batch-changes.js';
import { BatchCreator } from './batch-creator.js';
import { BatchRunner } from './batch-runner.js';
import { ConfigurableModuleClass } from './batch.module-definition.js';
import { OperationExplorer } from './operation-explorer.js';
import { BatchOperations } from './operations.registry.js';

/**
 * Offers {@link BatchCreator}, {@link BatchRunner}, {@link BatchOperations} and {@link BatchChanges}. Operations are
 * found in every module of the application. A `BatchStore` comes from `imports` or a global module; so may a `Clock`.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [OperationExplorer, BatchOperations, BatchChanges, BatchRunner, BatchCreator],
  exports: [BatchOperations, BatchChanges, BatchRunner, BatchCreator],
})
export class BatchModule extends ConfigurableModuleClass {}
