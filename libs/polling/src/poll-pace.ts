/** The pace is judged after this, in milliseconds, or once as much time has passed as lies between two polls of an id, if that is more. */
const WINDOW_MS = 2_000;
/** Polls may begin so late on the average, in milliseconds: a moment in which the process does something else makes a few late. */
const TOLERATED_MS = 25;
/** What a line needs so that it becomes shorter, and not only no longer. */
const DRAIN = 0.02;
const LARGEST_STEP = 2;
const MOST_STRETCH = 8;
/** No pause is stretched beyond this, in milliseconds. */
const LONGEST_MS = 20_000;
/** The least that a window in time takes off. */
const RELAXED = 0.97;
/** Where far fewer polls begin than when they came late, there shall be so many of them again. */
const ROOM = 0.8;

/** What has begun since the last judgement. */
interface Window {
  readonly startedAt: number;
  /** Polls that were planned before this have the pauses before the last step. */
  readonly plannedFrom: number;
  endsAt: number;
  polls: number;
  /** Sums, in milliseconds: by how much polls were late, and how long their ids had not been asked about. */
  lateMs: number;
  intervalMs: number;
}

const windowFrom = (startedAt: number, plannedFrom = -Infinity): Window => ({
  startedAt,
  plannedFrom,
  endsAt: startedAt + WINDOW_MS,
  polls: 0,
  lateMs: 0,
  intervalMs: 0,
});

/**
 * How much longer pauses between polls are than the strategy wants. Where polls begin late because there are too many, for this process
 * or for the slots of their origin, all pauses grow by one factor, and what ends soon is still asked about more often than what does
 * not. Where they begin in time again, the factor shrinks to 1.
 *
 * While a line is as long as ever, each id is asked about once in its pause and its wait together. So, by Little's law, more is wanted than
 * can be had by the factor (pause + wait) / pause, and pauses that are longer by that factor need no line. For a strategy that weighs polls
 * against delay it is a price for what is scarce (Kelly, Maulloo and Tan 1998, "Rate control for communication networks").
 */
export class PollPace {
  #stretch = 1;
  #window: Window | undefined;
  /** Polls a millisecond in the last window that was late. */
  #fullRate = 0;

  /** At least 1. */
  get stretch(): number {
    return this.#stretch;
  }

  /** A pause that the strategy wants, in milliseconds, as it is to be. */
  pauseMs(wantedMs: number): number {
    return Math.max(wantedMs, Math.min(LONGEST_MS, wantedMs * this.#stretch));
  }

  /**
   * A poll began.
   *
   * @param lateMs - how long it waited because of others, in milliseconds
   * @param intervalMs - since the last answer about its id, in milliseconds
   */
  began(lateMs: number, intervalMs: number, now: number): void {
    const window = this.#windowAt(now);
    this.#window = window;
    if (now < window.startedAt || now - intervalMs < window.plannedFrom) return;
    window.polls += 1;
    window.lateMs += lateMs;
    window.intervalMs += intervalMs;
  }

  #windowAt(now: number): Window {
    const window = this.#window;
    if (window === undefined) return windowFrom(now);
    if (now < window.endsAt) return window;
    // Nothing that counts has begun.
    if (window.polls === 0) return windowFrom(now, window.plannedFrom);
    window.endsAt = Math.max(window.endsAt, window.startedAt + window.intervalMs / window.polls);
    return now < window.endsAt ? window : this.#judge(window, now);
  }

  /** @returns the next window; after a step, one that begins when it can be felt */
  #judge({ startedAt, endsAt, polls, lateMs, intervalMs }: Window, now: number): Window {
    const rate = polls / (endsAt - startedAt);
    // With those in which nothing began.
    const windows = (now - startedAt) / (endsAt - startedAt);
    if (lateMs > polls * TOLERATED_MS && windows < 2) {
      this.#fullRate = rate;
      const step = intervalMs / Math.max(1, intervalMs - lateMs) + DRAIN;
      this.#stretch = Math.min(MOST_STRETCH, this.#stretch * Math.min(LARGEST_STEP, step));
      return windowFrom(now + intervalMs / polls, now);
    }
    if (this.#stretch > 1) {
      const relief = Math.min(RELAXED, rate / (ROOM * this.#fullRate));
      this.#stretch = Math.max(1, this.#stretch * relief ** windows);
    }
    return windowFrom(now);
  }
}
