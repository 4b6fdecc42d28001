import type { Clock, Timer } from 'penstock/kernel';

import type { LeakObserver } from '../ports/leak-observer.js';
import type { CallSite } from './call-site.js';

/** A use of a connection that is watched until it ends. */
export interface WatchedUse {
  /** The pool whose connection it is. */
  readonly resource: string;
  /** What the connection is used for now. */
  readonly label: string;
  /** Where it began, as far as that is known now. */
  readonly openedAt: CallSite | undefined;
}

/** How a {@link LeakWatch} is made. */
export interface LeakWatchOptions {
  readonly clock: Clock;
  readonly observer: LeakObserver;
  /** After how many milliseconds a use is reported; 0 for never. */
  readonly limitMs: number;
}

/**
 * Reports uses of connections that do not end. One timer serves all of them: uses end in any order, but become due in the
 * order in which they began.
 */
export class LeakWatch {
  readonly #since = new Map<WatchedUse, number>();
  #timer: Timer | undefined;

  constructor(private readonly options: LeakWatchOptions) {}

  /** Watches a use until the returned function is called. */
  watch(use: WatchedUse): () => void {
    const { clock, limitMs } = this.options;
    if (limitMs === 0) return () => undefined;
    this.#since.set(use, clock.monotonic());
    this.#timer ??= this.#after(limitMs);
    return () => void this.#since.delete(use);
  }

  /** Forgets everything. */
  stop(): void {
    this.#since.clear();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #after(delayMs: number): Timer {
    return this.options.clock.setTimer(() => {
      this.#report();
    }, delayMs);
  }

  #report(): void {
    const { clock, observer, limitMs } = this.options;
    this.#timer = undefined;
    for (const [use, since] of this.#since) {
      const heldMs = clock.monotonic() - since;
      if (heldMs < limitMs) {
        this.#timer = this.#after(limitMs - heldMs);
        return;
      }
      this.#since.delete(use);
      const { resource, label, openedAt } = use;
      observer.leaked({ resource, label, heldMs, openedAt: openedAt?.describe() });
    }
  }
}
