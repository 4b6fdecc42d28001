/** So often the pace is judged, in milliseconds. Pauses that were planned before are still under way for a while. */
const WINDOW_MS = 2_000;
/** Polls may begin so late on the average, in milliseconds: a moment in which the process does something else makes a few late. */
const TOLERATED_MS = 25;
/** A window in which polls are so late on the average adds half to the pauses, and one with less as much less. */
const FULL_STEP_MS = 250;
const FULL_STEP = 0.5;
const MOST_STRETCH = 8;
/** No pause is stretched beyond this, in milliseconds. */
const LONGEST_MS = 10_000;
/** In each window in time: little while there are nearly as many polls as when they came late, much once they are fewer. */
const RELAXED = 0.99;
const RELIEVED = 0.8;

/**
 * How much longer pauses between polls are than the strategy wants. Where polls begin late because there are too many, for this process
 * or for the slots of their origin, all pauses grow by one factor, and what ends soon is still asked about more often than what does
 * not. Where they begin in time again, the factor shrinks to 1.
 *
 * For a strategy that weighs polls against delay, pauses grow as the square root of the price of a poll: the factor is a price for what
 * is scarce, found as links of a network find theirs (Kelly, Maulloo and Tan 1998, "Rate control for communication networks").
 */
export class PollPace {
  #stretch = 1;
  #windowEndsAt = -Infinity;
  #begun = 0;
  /** The sum over the window. */
  #lateMs = 0;
  /** Polls that began in the last window that was late. */
  #fullAt = 0;

  /** At least 1. */
  get stretch(): number {
    return this.#stretch;
  }

  /** A pause that the strategy wants, in milliseconds, as it is to be. */
  pauseMs(wantedMs: number): number {
    return Math.max(wantedMs, Math.min(LONGEST_MS, wantedMs * this.#stretch));
  }

  /** A poll began so late, in milliseconds, because of others. */
  began(lateMs: number, now: number): void {
    if (now >= this.#windowEndsAt) {
      this.#judge();
      // Windows in which nothing began.
      const empty = Math.floor((now - this.#windowEndsAt) / WINDOW_MS);
      this.#stretch = Math.max(1, this.#stretch * RELIEVED ** empty);
      this.#windowEndsAt = now + WINDOW_MS;
    }
    this.#begun += 1;
    this.#lateMs += lateMs;
  }

  #judge(): void {
    const lateMs = this.#lateMs / Math.max(1, this.#begun);
    if (lateMs > TOLERATED_MS) {
      this.#fullAt = this.#begun;
      const step = 1 + FULL_STEP * Math.min(1, lateMs / FULL_STEP_MS);
      this.#stretch = Math.min(MOST_STRETCH, this.#stretch * step);
    } else {
      this.#stretch = Math.max(1, this.#stretch * (this.#begun * 2 < this.#fullAt ? RELIEVED : RELAXED));
    }
    this.#begun = 0;
    this.#lateMs = 0;
  }
}
