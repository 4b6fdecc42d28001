/** Pauses between looks, in milliseconds of at least 1. */
export interface PauseOptions {
  /** From the evidence to the first look; twice as long after each one that did not pass. */
  readonly probePauseMs: number;
  readonly longestProbePauseMs: number;
}

const LONGEST_ASKED_MS = 3_600_000;

/** The pauses between looks: they grow while none passes, and go on where they were when it soon opens again. */
export class CircuitPause {
  #pauseMs = 0;
  #forgetAt = -Infinity;

  /** How long to wait after evidence, at least as long as it asks, within an hour. `now` is monotonic. */
  next(options: PauseOptions, now: number, askedMs: number | null): number {
    const { probePauseMs, longestProbePauseMs } = options;
    const longest = Math.max(probePauseMs, longestProbePauseMs);
    this.#pauseMs = now > this.#forgetAt ? probePauseMs : Math.min(2 * this.#pauseMs, longest);
    const waitMs = Math.max(this.#pauseMs, Math.min(askedMs ?? 0, LONGEST_ASKED_MS));
    // Whoever has been let through for as long as the wait begins anew.
    this.#forgetAt = now + 3 * waitMs;
    return waitMs;
  }

  reset(): void {
    this.#forgetAt = -Infinity;
  }
}
