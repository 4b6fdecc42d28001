import type { Clock } from 'penstock/kernel';

/** Spaces starts: they come one after the other, in the order of the calls, a least time apart. */
export class Pace {
  #tail: Promise<void> = Promise.resolve();
  #lastAt = -Infinity;

  /** @param intervalMs - asked for at every turn, so that it may change */
  constructor(
    private readonly clock: Clock,
    private readonly intervalMs: () => number,
  ) {}

  /**
   * Resolves when it is the caller's turn, or without one as soon as `signal` aborts: look at it afterwards. The interval
   * to the next turn begins when this one is given.
   *
   * @param also - another pace that must agree: the turn is given when both allow it
   */
  async turn(signal: AbortSignal, also?: Pace): Promise<void> {
    const before = this.#tail;
    let done = (): void => undefined;
    this.#tail = new Promise((resolve) => {
      done = resolve;
    });
    try {
      await before;
      await this.#rest(signal);
      if (!signal.aborted) await also?.turn(signal);
      if (!signal.aborted) this.#lastAt = this.clock.monotonic();
    } finally {
      done();
    }
  }

  /** Timers of the machine may ring a little early. */
  async #rest(signal: AbortSignal): Promise<void> {
    for (let left = this.#left(); left > 0 && !signal.aborted; left = this.#left()) {
      await this.clock.sleep(left, signal);
    }
  }

  #left(): number {
    return this.#lastAt + this.intervalMs() - this.clock.monotonic();
  }
}
