import type { Clock } from 'penstock/kernel';
import PQueue from 'p-queue';

import type { OperationLimits } from '../batch-limits.js';
import { Pace } from './pace.js';

/** What all batches of one operation share: places for its items, and the time between starts. */
export class Lane {
  readonly pace: Pace;
  readonly #places: PQueue;
  #intervalMs: number;

  constructor({ concurrency, intervalMs }: OperationLimits, clock: Clock) {
    this.#places = new PQueue({ concurrency });
    this.#intervalMs = intervalMs;
    this.pace = new Pace(clock, () => this.#intervalMs);
  }

  /** Changes the limits for items that have not begun. */
  configure({ concurrency, intervalMs }: OperationLimits): void {
    this.#places.concurrency = concurrency;
    this.#intervalMs = intervalMs;
  }

  /** Runs `work` when there is a place for it, in the order of the calls. */
  run<T>(work: () => Promise<T>): Promise<T> {
    return this.#places.add(work);
  }
}
