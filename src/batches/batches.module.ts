import { Module } from '@nestjs/common';
import { BatchModule, BatchStore } from 'penstock/batch';
import { SettingsModule } from 'penstock/settings';
import { TypeOrmModule } from '@nestjs/typeorm';

import { SecretsModule } from '../secrets/index.js';
import { TokensModule } from '../tokens/index.js';
import { BatchQueries } from './api/batch-queries.js';
import { BatchResultsController } from './api/batch-results.controller.js';
import { BatchStream } from './api/batch-stream.js';
import { BatchViews } from './api/batch-views.js';
import { BatchesController } from './api/batches.controller.js';
import { TokenImportController } from './api/token-import.controller.js';
import { BatchItemRow } from './batch-item.entity.js';
import { BatchRow } from './batch.entity.js';
import { batchSettings } from './batch.settings.js';
import { DatabaseBatchStore } from './database-batch-store.js';
import { RowPlanner } from './import/row-planner.js';
import { ActivateTokensOperation } from './operations/activate-tokens.operation.js';
import { AddTokensOperation } from './operations/add-tokens.operation.js';
import { DeleteTokensOperation } from './operations/delete-tokens.operation.js';
import { LabelTokensOperation } from './operations/label-tokens.operation.js';
import { QuotaTokensOperation } from './operations/quota-tokens.operation.js';
import { RefreshTokensOperation } from './operations/refresh-tokens.operation.js';
import { DisableTokensOperation, EnableTokensOperation } from './operations/switch-tokens.operations.js';
import { TestTokensOperation } from './operations/test-tokens.operation.js';

/** Where batches are kept. */
@Module({
  imports: [TypeOrmModule.forFeature([BatchRow, BatchItemRow])],
  providers: [{ provide: BatchStore, useClass: DatabaseBatchStore }],
  exports: [BatchStore],
})
class BatchStorageModule {}

const OPERATIONS = [
  ...[ActivateTokensOperation, AddTokensOperation, DeleteTokensOperation, DisableTokensOperation],
  ...[EnableTokensOperation, LabelTokensOperation, QuotaTokensOperation, RefreshTokensOperation],
  TestTokensOperation,
];

/** Batches for operators, and the operations over tokens. `DatabasePool`, `Settings` and `Clock` come from global modules. */
@Module({
  imports: [
    BatchStorageModule,
    BatchModule.forRoot({ imports: [BatchStorageModule] }),
    SettingsModule.forFeature([batchSettings]),
    SecretsModule,
    TokensModule,
  ],
  controllers: [BatchesController, BatchResultsController, TokenImportController],
  providers: [BatchQueries, BatchStream, BatchViews, RowPlanner, ...OPERATIONS],
})
export class BatchesModule {}
