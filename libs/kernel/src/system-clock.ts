import { Clock, type Timer } from './clock.js';

/** Node clamps longer delays to 1 ms, so longer waits are made of several timers. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** The machine's clocks. */
export class SystemClock extends Clock {
  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  setTimer(callback: () => void, delayMs: number, options: { readonly keepAlive?: boolean } = {}): Timer {
    const dueAt = this.monotonic() + delayMs;
    let handle: NodeJS.Timeout;
    const arm = (): void => {
      const left = dueAt - this.monotonic();
      handle = setTimeout(
        left > LONGEST_DELAY_MS ? arm : callback,
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
