import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { SettingsModule } from 'penstock/settings';

import { BatchRetention } from './batch.retention.js';
import { GenerationRetention } from './generation.retention.js';
import { RequestLogRetention } from './request-log.retention.js';
import { RetentionSweeper } from './retention-sweeper.js';
import { retentionSettings } from './retention.settings.js';
import { TokenHistoryRetention } from './token-history.retention.js';
import { UsageRetention } from './usage.retention.js';

/** Deletes what need not be kept. The database, `Settings`, `AppMetrics` and `Clock` come from global modules. */
@Module({
  imports: [DiscoveryModule, SettingsModule.forFeature([retentionSettings])],
  providers: [
    RetentionSweeper,
    ...[BatchRetention, GenerationRetention, RequestLogRetention, TokenHistoryRetention, UsageRetention],
  ],
})
export class RetentionModule {}
