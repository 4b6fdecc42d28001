/** What came so long ago counts 1/e, in milliseconds. */
const MEMORY_MS = 2 * 60_000;
/** So long after the first one at least, a few that came at once are not taken for a flood. */
const LEAST_MS = 60_000;

/** How fast waiters come: of all that came, with weights that fade. Times are on the monotonic clock. */
export class ArrivalRate {
  #first: number | undefined;
  #weight = 0;
  #at = 0;

  arrived(at: number): void {
    this.#first ??= at;
    this.#weight = this.#weightAt(at) + 1;
    this.#at = at;
  }

  /** Arrivals in a millisecond. */
  perMs(now: number): number {
    const watchedMs = Math.max(now - (this.#first ?? now), LEAST_MS);
    // What an arrival in each millisecond of that time would weigh.
    return this.#weightAt(now) / (MEMORY_MS * (1 - Math.exp(-watchedMs / MEMORY_MS)));
  }

  #weightAt(now: number): number {
    return this.#weight * Math.exp((this.#at - now) / MEMORY_MS);
  }
}
