import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { UsageLedger } from './ledger/usage-ledger.js';
import { UsageQueries } from './ledger/usage-queries.js';
import { UsageRow } from './ledger/usage-row.entity.js';
import { UsageAdminController } from './usage-admin.controller.js';
import { UsagePages } from './usage-pages.js';
import { UsageController } from './usage.controller.js';

/** What API keys used. `ChangeRecorders`, `ModelCatalog`, `DatabasePool` and `Clock` come from global modules. */
@Module({
  imports: [TypeOrmModule.forFeature([UsageRow])],
  controllers: [UsageController, UsageAdminController],
  providers: [UsageLedger, UsageQueries, UsagePages],
})
export class UsageModule {}
