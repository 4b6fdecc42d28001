import { collectDefaultMetrics, Registry } from 'prom-client';

import type { ResolvedMetricsOptions } from './metrics.options.js';

/** A registry of its own: two applications in one process never meet in prom-client's global one. */
export function createRegistry(options: ResolvedMetricsOptions): Registry {
  const registry = new Registry();
  registry.setDefaultLabels(options.defaultLabels);
  if (options.processMetrics) collectDefaultMetrics({ register: registry });
  return registry;
}
