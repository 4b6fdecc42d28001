import { type FactoryProvider, Module, type NestModule } from '@nestjs/common';
import { APP_INTERCEPTOR, DiscoveryModule } from '@nestjs/core';
import { WaitObserver } from 'penstock/concurrency';
import { Registry } from 'prom-client';

import { AppMetrics } from './app-metrics.js';
import { createRegistry } from './create-registry.js';
import { HttpExchanges } from './http-exchanges.js';
import { ConfigurableModuleClass } from './metrics.module-definition.js';
import { MetricsSettings } from './metrics.settings.js';
import { Operations } from './operations/operations.js';
import { SlowLimits } from './operations/slow-limits.js';
import { SlowOperations } from './operations/slow-operations.js';
import { SlowReports } from './operations/slow-reports.js';
import { TimedExplorer } from './operations/timed-explorer.js';
import { PoolMetrics } from './pool-metrics.js';
import { PrometheusWaitObserver } from './prometheus-wait-observer.js';
import { RequestMetrics } from './request-metrics.js';
import { RequestTimingInterceptor } from './request-timing.interceptor.js';

const registry: FactoryProvider<Registry> = {
  provide: Registry,
  inject: [MetricsSettings],
  useFactory: (settings: MetricsSettings) => createRegistry(settings.values),
};

const limits: FactoryProvider<SlowLimits> = {
  provide: SlowLimits,
  inject: [MetricsSettings],
  useFactory: ({ values }: MetricsSettings) => new SlowLimits(values),
};

/**
 * Offers {@link AppMetrics}, {@link PoolMetrics}, {@link HttpExchanges}, {@link Operations} with what was slow of them,
 * prom-client's `Registry` and, as `WaitObserver`, the {@link PrometheusWaitObserver}; serves `GET /metrics`, measures
 * every request of the application, and times every method that is `@Timed()`.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    MetricsSettings,
    registry,
    limits,
    AppMetrics,
    PoolMetrics,
    HttpExchanges,
    Operations,
    SlowOperations,
    SlowReports,
    TimedExplorer,
    RequestMetrics,
    RequestTimingInterceptor,
    { provide: APP_INTERCEPTOR, useExisting: RequestTimingInterceptor },
    { provide: WaitObserver, useClass: PrometheusWaitObserver },
  ],
  exports: [
    ...[AppMetrics, PoolMetrics, HttpExchanges, Operations, SlowLimits, SlowOperations],
    ...[Registry, WaitObserver],
  ],
})
export class MetricsModule extends ConfigurableModuleClass implements NestModule {
  constructor(private readonly exchanges: HttpExchanges) {
    super();
  }

  /** The moment of an application's start when it has its adapter, and no route yet. */
  configure(): void {
    this.exchanges.attach();
  }
}
