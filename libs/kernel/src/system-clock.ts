import { AsyncResource } from 'node:async_hooks';

import { Clock, type Timer } from './clock.js';

/** Node clamps longer delays to 1 ms, so longer waits are made of several timers. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** The machine's clocks. Callbacks run in the async context that the clock was made in, not in that of who set the timer. */
export class SystemClock extends Clock {
  /** One timer may serve many callers: what it does is not the work of the one that happened to set it. */
  readonly #outside = new AsyncResource('SystemClock');

  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  setTimer(callback: () => void, delayMs: number, options: { readonly keepAlive?: boolean } = {}): Timer {
    const dueAt = this.monotonic() + delayMs;
    const fire = (): void => {
      this.#outside.runInAsyncScope(callback);
    };
    let handle: NodeJS.Timeout;
    const arm = (): void => {
      const left = dueAt - this.monotonic();
      handle = setTimeout(
        left > LONGEST_DELAY_MS ? arm : fire,
        Math.min(Math.max(left, 0), LONGEST_DELAY_MS),
      );
      if (options.keepAlive !== true) handle.unref();
    };
    arm();
    return {
      cancel: () => {
        clearTimeout(handle);
      },
    };
  }
}
