import { Injectable } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import { AppMetrics } from 'penstock/metrics';

import { DeliveryStore } from './delivery-store.js';

const OUTCOMES = ['delivered', 'failed', 'dead'] as const;

/** What an attempt made of a delivery: it was received, is tried again, or was given up. */
export type AttemptOutcome = (typeof OUTCOMES)[number];

/** Counts attempts, and tells how long the oldest delivery has waited. */
@Injectable()
export class WebhookMetrics {
  readonly #attempts;

  constructor(
    metrics: AppMetrics,
    private readonly store: DeliveryStore,
    private readonly clock: Clock,
  ) {
    this.#attempts = metrics.counter({
      name: 'penstock_webhook_attempts_total',
      help: 'Attempts to deliver a webhook: delivered, failed and tried again, or dead, which is given up.',
      labelNames: ['outcome'],
    });
    // From 0 on, or Prometheus would not see the first of them as an increase.
    for (const outcome of OUTCOMES) this.#attempts.inc({ outcome }, 0);
    metrics.gauge({
      name: 'penstock_webhook_oldest_pending_seconds',
      help: 'Age of the oldest webhook that is neither received nor given up; 0 without any.',
      collect: async (gauge) => {
        // While the database gives no answer, the last age stands.
        const age = await this.#oldestAgeMs().catch(() => null);
        if (age !== null) gauge.set(age / 1_000);
      },
    });
  }

  attempted(outcome: AttemptOutcome): void {
    this.#attempts.inc({ outcome });
  }

  async #oldestAgeMs(): Promise<number> {
    const at = await this.store.oldestPendingAt();
    return at === null ? 0 : Math.max(0, this.clock.now() - at);
  }
}
