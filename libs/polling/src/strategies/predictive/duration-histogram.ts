import { BINS } from './duration-bins.js';

/** Counts of durations. Past its memory every new one makes the old ones weigh less. */
export class DurationHistogram {
  #counts: Float64Array;
  #weight: number;

  /** @param memory - how many durations it holds before it forgets */
  constructor(
    private readonly memory: number,
    counts: Float64Array = new Float64Array(BINS),
  ) {
    this.#counts = counts;
    this.#weight = counts.reduce((total, count) => total + count, 0);
  }

  get counts(): Float64Array {
    return this.#counts;
  }

  /** The sum of the counts: at most the memory. */
  get weight(): number {
    return this.#weight;
  }

  /** Adds one duration, spread over the bins where it may lie. `spread` sums to 1. */
  add(spread: Float64Array): void {
    const keep = Math.min(1, (this.memory - 1) / this.#weight);
    let weight = 0;
    for (let bin = 0; bin < BINS; bin += 1) {
      weight += this.#counts[bin] = (this.#counts[bin] ?? 0) * keep + (spread[bin] ?? 0);
    }
    this.#weight = weight;
  }

  /**
   * The density by bin, which sums to about 1: what was counted, smoothed, and a coarser density that stands in for
   * `support` more durations.
   */
  density(coarser: Float64Array, support: number): Float64Array {
    const total = this.#weight + support;
    return coarser.map((share, bin) => (smoothed(this.#counts, bin) + support * share) / total);
  }
}

/** A triangular kernel over five bins. */
function smoothed(counts: Float64Array, bin: number): number {
  const at = (other: number): number => counts[other] ?? 0;
  return (3 * at(bin) + 2 * (at(bin - 1) + at(bin + 1)) + at(bin - 2) + at(bin + 2)) / 9;
}
