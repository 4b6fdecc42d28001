export {
  AppMetrics,
  type CounterDescription,
  type GaugeDescription,
  type HistogramDescription,
  type MetricDescription,
} from './app-metrics.js';
export { MetricsController } from './metrics.controller.js';
export { MetricsModule } from './metrics.module.js';
export type { MetricsOptions } from './metrics.options.js';
export { PoolMetrics, type PoolStats } from './pool-metrics.js';
export { PrometheusWaitObserver } from './prometheus-wait-observer.js';
export { RequestMetricsInterceptor } from './request-metrics.interceptor.js';
export { SlowAfter } from './slow-after.decorator.js';
