import { Injectable, Logger } from '@nestjs/common';
import { type Wait, WaitObserver } from 'penstock/concurrency';

import { AppMetrics } from './app-metrics.js';
import { MetricsSettings } from './metrics.settings.js';

const BUCKETS_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Counts every wait by resource and outcome, and warns about those that took longer than `slowWaitMs`. */
@Injectable()
export class PrometheusWaitObserver extends WaitObserver {
  readonly #logger = new Logger('Waits');
  readonly #waits;
  readonly #slowWaits;
  readonly #slowWaitMs: number;

  constructor(metrics: AppMetrics, settings: MetricsSettings) {
    super();
    this.#slowWaitMs = settings.values.slowWaitMs;
    this.#waits = metrics.histogram({
      name: 'penstock_wait_seconds',
      help: 'Time that callers waited for locks, permits and pooled resources.',
      labelNames: ['resource', 'outcome'],
      buckets: BUCKETS_SECONDS,
    });
    this.#slowWaits = metrics.counter({
      name: 'penstock_slow_waits_total',
      help: 'Waits that took longer than the limit for warnings.',
      labelNames: ['resource'],
    });
  }

  override waited({ resource, outcome, waitedMs, holder }: Wait): void {
    this.#waits.observe({ resource, outcome }, waitedMs / 1_000);
    if (waitedMs <= this.#slowWaitMs) return;
    this.#slowWaits.inc({ resource });
    const heldBy = holder === undefined ? '' : `, held by ${holder}`;
    this.#logger.warn(`Waited ${waitedMs.toFixed(0)} ms for ${resource}: ${outcome}${heldBy}.`);
  }
}
