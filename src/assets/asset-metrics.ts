import { Injectable } from '@nestjs/common';
import { AppMetrics } from 'penstock/metrics';

import { COPY_OUTCOMES, type CopyOutcome } from './copying/copier.js';

/** Counts copies by what became of each attempt. */
@Injectable()
export class AssetMetrics {
  readonly #attempts;

  constructor(metrics: AppMetrics) {
    this.#attempts = metrics.counter({
      name: 'penstock_asset_copy_attempts_total',
      help: 'Attempts to copy a file of a generation, by what became of them.',
      labelNames: ['outcome'],
    });
    // From 0 on, or Prometheus would not see the first of them as an increase.
    for (const outcome of COPY_OUTCOMES) this.#attempts.inc({ outcome }, 0);
  }

  copied(outcome: CopyOutcome): void {
    this.#attempts.inc({ outcome });
  }
}
