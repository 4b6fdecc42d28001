import type { ResolvedEdgeOptions } from './edge.options.js';

const LONGEST_ASKED_MS = 3_600_000;

/** The pauses between looks at an edge: they grow while it challenges, and go on where they were when it soon does again. */
export class EdgePause {
  #pauseMs = 0;
  #forgetAt = -Infinity;

  /** How long to wait after a challenge, at least as long as the edge asks, within an hour. `now` is monotonic. */
  next(options: ResolvedEdgeOptions, now: number, askedMs: number | null): number {
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
