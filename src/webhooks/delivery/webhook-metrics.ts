import { Injectable } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import { AppMetrics } from 'penstock/metrics';

import { DeliveryStore } from './delivery-store.js';

/** What an attempt made of a delivery: it was received, is tried again, or was given up. */
export type AttemptOutcome = 'delivered' | 'failed' | 'dead';

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
