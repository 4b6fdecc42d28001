import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { AuthModule } from '../auth/index.js';
import { UsageLedger } from './ledger/usage-ledger.js';
import { UsageQueries } from './ledger/usage-queries.js';
import { UsageRow } from './ledger/usage-row.entity.js';
import { KeyAllowances } from './limits/key-allowances.js';
import { RateLimitHeaders } from './limits/rate-limit-headers.js';
import { UsageAdminController } from './usage-admin.controller.js';
import { UsagePages } from './usage-pages.js';
import { UsageController } from './usage.controller.js';

/** What API keys used, and may use. `ChangeRecorders`, `GenerationEvents`, `ModelCatalog`, `DatabasePool` and `Clock` come from global modules. */
@Module({
  imports: [AuthModule, TypeOrmModule.forFeature([UsageRow])],
  controllers: [UsageController, UsageAdminController],
  providers: [KeyAllowances, RateLimitHeaders, UsageLedger, UsageQueries, UsagePages],
})
export class UsageModule {}
