import type { Clock } from 'penstock/kernel';

/** Serials of one millisecond: more than any database commits in it. */
const PER_MS = 1_000;

/**
 * Numbers the changes of generations, strictly rising. They begin with the time, so that a number is not given twice
 * across restarts although the row that had the highest one may be deleted; when the clock goes back they go on from the
 * highest that is known. Safe integers until the year 2255.
 */
export class Serials {
  #last = 0;

  constructor(private readonly clock: Clock) {}

  /** Continues above a number that was given by an earlier process. */
  raise(serial: number): void {
    this.#last = Math.max(this.#last, serial);
  }

  /** Taken inside of the one transaction that is under way, so that the order of the numbers is that of the commits. */
  next(): number {
    this.#last = Math.max(this.#last + 1, this.clock.now() * PER_MS);
    return this.#last;
  }
}
