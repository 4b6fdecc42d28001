import { Injectable } from '@nestjs/common';
import { type Wait, WaitObserver } from 'penstock/concurrency';

import { AppMetrics } from './app-metrics.js';
import { Operations } from './operations/operations.js';

const BUCKETS_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Measures every wait by resource and outcome, and lets the operation that waited know. */
@Injectable()
export class PrometheusWaitObserver extends WaitObserver {
  readonly #waits;

  constructor(
    metrics: AppMetrics,
    private readonly operations: Operations,
  ) {
    super();
    this.#waits = metrics.histogram({
      name: 'penstock_wait_seconds',
      help: 'Time that callers waited for locks, permits and pooled resources.',
      labelNames: ['resource', 'outcome'],
      buckets: BUCKETS_SECONDS,
    });
  }

  override waited(wait: Wait): void {
    this.#waits.observe({ resource: wait.resource, outcome: wait.outcome }, wait.waitedMs / 1_000);
    this.operations.waited(wait);
  }
}
