import { ArrivalRate } from './arrival-rate.js';
import { forEachPriority, PRIORITIES, stepsOf } from './priority.js';
import type { Overtakers } from './wait-estimate.js';
import type { Waiter } from './waiter.js';

/** How fast waiters of each priority come. */
export class Arrivals {
  readonly #rates = forEachPriority(() => new ArrivalRate());

  /** What asked before (a restart, a failover) does not say how many come. */
  note({ options: { priority, since, asked } }: Waiter): void {
    if (asked.at === since) this.#rates[priority].arrived(since);
  }

  /** Those who come from `now` on and go before a turn at `at`. */
  overtakersOf(at: number, headStartMs: number, now: number): readonly Overtakers[] {
    return PRIORITIES.map((priority) => ({
      perMs: this.#rates[priority].perMs(now),
      forMs: at + stepsOf(priority) * headStartMs - now,
    }));
  }
}
