export {
  AppMetrics,
  type CounterDescription,
  type GaugeDescription,
  type HistogramDescription,
  type MetricDescription,
} from './app-metrics.js';
export { HttpExchanges, type HttpExchange } from './http-exchanges.js';
export { MetricsController } from './metrics.controller.js';
export { MetricsModule } from './metrics.module.js';
export type { MetricsOptions } from './metrics.options.js';
export type { OperationDescription, OperationKind, WaitedFor } from './operations/operation.js';
export { Operations } from './operations/operations.js';
export { SlowLimits, type SlowLimitValues } from './operations/slow-limits.js';
export { SlowOperations, type SlowOperation } from './operations/slow-operations.js';
export { Timed, type TimedOptions } from './operations/timed.decorator.js';
export { PoolMetrics, type PoolStats } from './pool-metrics.js';
export { PrometheusWaitObserver } from './prometheus-wait-observer.js';
export { SlowAfter } from './slow-after.decorator.js';
