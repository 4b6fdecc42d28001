import { Module } from '@nestjs/common';
import { MetricsModule } from 'penstock/metrics';

import { DatabaseMetrics } from './database-metrics.js';
import { GenerationMetrics } from './generation-metrics.js';
import { Pools } from './pools.js';
import { ProtectedMetricsController } from './protected-metrics.controller.js';

/** What the gateway shows of itself to Prometheus. */
@Module({
  imports: [MetricsModule.forRoot({ isGlobal: true, controller: ProtectedMetricsController })],
  providers: [DatabaseMetrics, GenerationMetrics, Pools],
})
export class GatewayMetricsModule {}
