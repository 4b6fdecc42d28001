import { Module } from '@nestjs/common';
import { MetricsModule } from 'penstock/metrics';
import { SettingsModule } from 'penstock/settings';

import { TokenIncidentsModule } from '../tokens/token-incidents.js';

import { DatabaseMetrics } from './database-metrics.js';
import { GenerationMetrics } from './generation-metrics.js';
import { PollingMetrics } from './polling-metrics.js';
import { Pools } from './pools.js';
import { ProtectedMetricsController } from './protected-metrics.controller.js';
import { QueueMetrics } from './queue-metrics.js';
import { SlowLimitsKeeper } from './slow-limits-keeper.js';
import { SlowOperationsController } from './slow-operations.controller.js';
import { slowOperationsSettings } from './slow-operations.settings.js';
import { TimedStatementsModule } from './timed-statements.js';
import { TokenMetrics } from './token-metrics.js';

/** What the gateway shows of itself to Prometheus. */
@Module({
  imports: [
    MetricsModule.forRoot({ isGlobal: true, controller: ProtectedMetricsController }),
    TimedStatementsModule,
    TokenIncidentsModule,
    SettingsModule.forFeature([slowOperationsSettings]),
  ],
  controllers: [SlowOperationsController],
  providers: [
    DatabaseMetrics,
    GenerationMetrics,
    PollingMetrics,
    Pools,
    QueueMetrics,
    SlowLimitsKeeper,
    TokenMetrics,
  ],
})
export class GatewayMetricsModule {}
