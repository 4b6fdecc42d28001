import { collectDefaultMetrics, Registry } from 'prom-client';

import type { ResolvedMetricsOptions } from './metrics.options.js';

/** Gauges with the ending of counters, which Prometheus' own check refuses; the same numbers are there by type. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** A registry of its own: two applications in one process never meet in prom-client's global one. */
export function createRegistry(options: ResolvedMetricsOptions): Registry {
  const registry = new Registry();
  registry.setDefaultLabels(options.defaultLabels);
  if (!options.processMetrics) return registry;
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  return registry;
}
