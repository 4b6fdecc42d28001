import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { TypeOrmModule } from '@nestjs/typeorm';

import { Contributors } from './contributors.js';
import { DatabaseHealth } from './database.health.js';
import { HealthProbe } from './health-probe.entity.js';
import { HealthController } from './health.controller.js';
import { ReadinessCheck } from './readiness.js';
import { TokenCacheHealth } from './token-cache.health.js';

/**
 * `GET /health/live` and `GET /health/ready`. Every provider with `@ContributesHealth` takes part, of whichever module.
 * `DatabasePool`, `TokenCache` and `Clock` come from global modules.
 */
@Module({
  imports: [
    DiscoveryModule,
    TerminusModule.forRoot({ logger: false }),
    TypeOrmModule.forFeature([HealthProbe]),
  ],
  controllers: [HealthController],
  providers: [Contributors, DatabaseHealth, ReadinessCheck, TokenCacheHealth],
})
export class HealthModule {}
