import { Clock, type Timer } from 'penstock/kernel';

/** The clock of one process: it shows the time of another clock, and its timers die with the process. */
export class MortalClock extends Clock {
  readonly #timers = new Set<Timer>();
  #isDead = false;

  constructor(private readonly time: Clock) {
    super();
  }

  now(): number {
    return this.time.now();
  }

  monotonic(): number {
    return this.time.monotonic();
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    if (this.#isDead) return { cancel: () => undefined };
    const inner = this.time.setTimer(() => {
      this.#timers.delete(inner);
      callback();
    }, delayMs);
    this.#timers.add(inner);
    return {
      cancel: () => {
        this.#timers.delete(inner);
        inner.cancel();
      },
    };
  }

  /** Timers that wait; 0 after a clean shutdown. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  kill(): void {
    this.#isDead = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }
}
