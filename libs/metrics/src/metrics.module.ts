import { type FactoryProvider, Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { WaitObserver } from 'penstock/concurrency';
import { Registry } from 'prom-client';

import { AppMetrics } from './app-metrics.js';
import { createRegistry } from './create-registry.js';
import { ConfigurableModuleClass } from './metrics.module-definition.js';
import { MetricsSettings } from './metrics.settings.js';
import { PoolMetrics } from './pool-metrics.js';
import { PrometheusWaitObserver } from './prometheus-wait-observer.js';
import { RequestMetricsInterceptor } from './request-metrics.interceptor.js';

const registry: FactoryProvider<Registry> = {
  provide: Registry,
  inject: [MetricsSettings],
  useFactory: (settings: MetricsSettings) => createRegistry(settings.values),
};

/**
 * Offers {@link AppMetrics}, {@link PoolMetrics}, prom-client's `Registry` and, as `WaitObserver`, the
 * {@link PrometheusWaitObserver}; serves `GET /metrics` and measures every request of the application.
 */
@Module({
  providers: [
    MetricsSettings,
    registry,
    AppMetrics,
    PoolMetrics,
    RequestMetricsInterceptor,
    { provide: APP_INTERCEPTOR, useExisting: RequestMetricsInterceptor },
    { provide: WaitObserver, useClass: PrometheusWaitObserver },
  ],
  exports: [AppMetrics, PoolMetrics, Registry, WaitObserver],
})
export class MetricsModule extends ConfigurableModuleClass {}
