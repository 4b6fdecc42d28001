import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SettingsModule } from 'penstock/settings';

import { Contributors } from './contributors.js';
import { DatabaseHealth } from './database.health.js';
import { HealthProbe } from './health-probe.entity.js';
import { DiskSpaceHealth } from './disk-space.health.js';
import { healthSettings } from './health.settings.js';
import { MigrationsHealth } from './migrations.health.js';
import { PollerHealth } from './poller.health.js';
import { StartupCheck } from './startup.js';
import { TokensHealth } from './tokens.health.js';
import { HealthController } from './health.controller.js';
import { ReadinessCheck } from './readiness.js';
import { TokenCacheHealth } from './token-cache.health.js';

/**
 * `GET /health/live`, `/health/startup` and `/health/ready`. Every provider with `@ContributesHealth` takes part, of whichever module.
 * `DatabasePool`, `TokenCache`, `PollScheduler`, `Settings`, `PenstockConfig` and `Clock` come from global modules.
 */
@Module({
  imports: [
    DiscoveryModule,
    TerminusModule.forRoot({ logger: false }),
    TypeOrmModule.forFeature([HealthProbe]),
    SettingsModule.forFeature([healthSettings]),
  ],
  controllers: [HealthController],
  providers: [
    ...[Contributors, ReadinessCheck, StartupCheck],
    ...[DatabaseHealth, DiskSpaceHealth, MigrationsHealth, PollerHealth, TokenCacheHealth, TokensHealth],
  ],
})
export class HealthModule {}
