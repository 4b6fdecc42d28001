import type { Clock } from 'penstock/kernel';

/**
 * Wakes the one who waits. A ring while nobody waits is kept for the next wait, so that none is missed. A wait costs a
 * promise and a timer; an `AbortController` for each, and a listener to a signal that thousands share, cost ten times as much.
 */
export class Bell {
  #isRung = false;
  #wake: (() => void) | null = null;

  constructor(private readonly clock: Clock) {}

  /** Ends the wait, or the next one. */
  ring(): void {
    this.#isRung = true;
    this.#wake?.();
  }

  /**
   * Resolves at a ring, at the latest after `boundMs` milliseconds. Only one waits at a time.
   *
   * @returns whether it was rung
   */
  async wait(boundMs: number): Promise<boolean> {
    if (!this.#isRung) await this.#rungOrPast(boundMs);
    const isRung = this.#isRung;
    this.#isRung = false;
    return isRung;
  }

  #rungOrPast(boundMs: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        timer.cancel();
        this.#wake = null;
        resolve();
      };
      const timer = this.clock.setTimer(finish, boundMs, { keepAlive: true });
      this.#wake = finish;
    });
  }
}

/** The bells of many who wait for something each, and all of them for the end of one thing. */
export class Bells {
  readonly #bells = new Set<Bell>();
  #isOver = false;

  constructor(private readonly clock: Clock) {}

  /** Whether the end has come. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** A bell that rings at the end, too; {@link remove} it when nobody waits any more. */
  add(): Bell {
    const bell = new Bell(this.clock);
    this.#bells.add(bell);
    return bell;
  }

  remove(bell: Bell): void {
    this.#bells.delete(bell);
  }

  /** The end: rings all of them. */
  end(): void {
    this.#isOver = true;
    for (const bell of this.#bells) bell.ring();
  }
}
