const MINUTE_MS = 60_000;
/** This share of a minute's requests may come at once, besides one. */
const BURST_SHARE = 0.05;

/**
 * Requests a minute: within any 60 s that follow each other at most so many are allowed, evenly spaced but for a small
 * burst. It starts empty, so that the requests of a process and of the one before it keep to it together.
 *
 * Source: the generic cell rate algorithm of ITU-T I.371.
 */
export class PollBudget {
  #spacingMs = 0;
  #burst = 1;
  /** When it is full again, on the monotonic clock. */
  #fullAt: number;

  /** @param emptiedAt - when it held nothing, on the monotonic clock */
  constructor(
    private perMinute: number,
    emptiedAt: number,
  ) {
    this.#derive();
    this.#fullAt = emptiedAt + this.#burst * this.#spacingMs;
  }

  /** When the next request is allowed, on the monotonic clock: a past time for now. */
  get opensAt(): number {
    return this.#fullAt - (this.#burst - 1) * this.#spacingMs;
  }

  /** When it holds all it can, on the monotonic clock. */
  get fullAt(): number {
    return this.#fullAt;
  }

  /** Takes requests out, also ones that were not allowed: then it opens later. */
  spend(now: number, requests = 1): void {
    this.#fullAt = Math.max(now, this.#fullAt) + requests * this.#spacingMs;
  }

  /** Changes the requests a minute. What was spent stays spent. */
  change(perMinute: number, now: number): void {
    if (perMinute === this.perMinute) return;
    const spent = Math.max(0, this.#fullAt - now) / this.#spacingMs;
    this.perMinute = perMinute;
    this.#derive();
    this.#fullAt = now + spent * this.#spacingMs;
  }

  /** A burst of b and a spacing of a minute / (n - b + 1) allow n in any minute. */
  #derive(): void {
    this.#burst = 1 + Math.floor(this.perMinute * BURST_SHARE);
    this.#spacingMs = MINUTE_MS / (this.perMinute - this.#burst + 1);
  }
}
