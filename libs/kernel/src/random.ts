/** Randomness, as a dependency. Not for secrets: those come from `node:crypto`. */
export abstract class Random {
  /** A number, uniform in [0, 1). */
  abstract next(): number;

  /** An integer, uniform in [0, `bound`); `bound` is an integer of at least 1. */
  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }
}
