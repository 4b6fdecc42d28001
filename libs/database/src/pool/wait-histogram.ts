/** How long callers waited. All of them are counted, those who did not have to wait too. */
export interface WaitStats {
  /** Waits that ended, however they did. */
  readonly count: number;
  /** All of them together, in milliseconds. */
  readonly sumMs: number;
  /** The longest one. */
  readonly maxMs: number;
  /** Estimated from the buckets; `null` while nothing was counted. */
  readonly p50Ms: number | null;
  /** Estimated from the buckets; `null` while nothing was counted. */
  readonly p99Ms: number | null;
  /** Waits by length, each counted once; the first bucket holds those that were none, the last those over 30 s. */
  readonly buckets: readonly WaitBucket[];
}

/** Waits of at most `leMs` that were longer than the bound of the bucket before. */
export interface WaitBucket {
  /** `null`: no bound. */
  readonly leMs: number | null;
  readonly count: number;
}

const BOUNDS_MS = [0, 1, 5, 10, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000] as const;

/** A histogram of fixed buckets: an observation costs a few comparisons and no memory. */
export class WaitHistogram {
  readonly #counts = new Array<number>(BOUNDS_MS.length + 1).fill(0);
  #count = 0;
  #sumMs = 0;
  #maxMs = 0;

  /** @param waitedMs - at least 0 */
  observe(waitedMs: number): void {
    const index = BOUNDS_MS.findIndex((bound) => waitedMs <= bound);
    const bucket = index === -1 ? BOUNDS_MS.length : index;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count += 1;
    this.#sumMs += waitedMs;
    this.#maxMs = Math.max(this.#maxMs, waitedMs);
  }

  stats(): WaitStats {
    return {
      count: this.#count,
      sumMs: this.#sumMs,
      maxMs: this.#maxMs,
      p50Ms: this.#quantile(0.5),
      p99Ms: this.#quantile(0.99),
      buckets: this.#counts.map((count, index) => ({ leMs: BOUNDS_MS[index] ?? null, count })),
    };
  }

  /**
   * Linear within the bucket, as Prometheus' `histogram_quantile` does it, but never past the longest wait.
   *
   * Source: https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
   */
  #quantile(quantile: number): number | null {
    if (this.#count === 0) return null;
    const rank = quantile * this.#count;
    let before = 0;
    for (const [index, count] of this.#counts.entries()) {
      if (count > 0 && before + count >= rank) {
        const low = BOUNDS_MS[index - 1] ?? 0;
        const high = Math.min(BOUNDS_MS[index] ?? this.#maxMs, this.#maxMs);
        return low + Math.max(0, high - low) * ((rank - before) / count);
      }
      before += count;
    }
    return this.#maxMs;
  }
}
