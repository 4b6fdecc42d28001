/** The length of a moment, in milliseconds. */
const MOMENT_MS = 50;
/** Moments that are looked ahead: 25.6 s, the longest pause there is with some to spare. */
const MOMENTS = 512;
/** A poll may be so much earlier or later than it was wanted, as a share of its pause. */
const LEEWAY = 0.1;
/** No pause grows beyond this for it, in milliseconds. */
const LONGEST_MS = 10_000;
/** So many polls in one moment are no crowd: 200 a second. */
const FEW = 10;
/** How much the moment that has passed last counts in what is usual: they are forgotten within some 10 s. */
const NEWEST = 1 / 200;

/**
 * Takes waves of polls apart. Generations that were created together and take as long are asked about together for as long as they
 * take, so that the process is overloaded and idle by turns. Where more polls are planned for a moment than is usual, one more goes
 * to the nearest moment with room for it, within a tenth of its pause: around the best time the expected cost of a poll is flat, so
 * that this costs next to nothing.
 */
export class PollCalendar {
  /** How many polls are planned by moment, as a ring. One that is dropped or woken later stays counted. */
  readonly #planned = new Uint32Array(MOMENTS);
  /** The present moment, counted from the start of the clock. */
  #present = 0;
  /** The mean number of polls of a moment. */
  #usual = 0;

  /** A pause that is wanted, in milliseconds, as it is to be so that no crowd comes together. Counts the poll. */
  pauseMs(wantedMs: number, now: number): number {
    this.#passTo(Math.floor(now / MOMENT_MS));
    const wanted = Math.floor((now + wantedMs) / MOMENT_MS);
    const reach = Math.floor((LEEWAY * wantedMs) / MOMENT_MS);
    if (wanted + reach >= this.#present + MOMENTS) return wantedMs;
    const shift = this.#shiftOf(wanted, reach, Math.floor((LONGEST_MS - wantedMs) / MOMENT_MS));
    const index = (wanted + shift) % MOMENTS;
    this.#planned[index] = (this.#planned[index] ?? 0) + 1;
    return wantedMs + shift * MOMENT_MS;
  }

  /** By how many moments a poll is put off. The nearest with room, or else the emptiest; the earlier of two alike. */
  #shiftOf(wanted: number, reach: number, latest: number): number {
    const room = Math.max(FEW, this.#usual);
    let best = 0;
    let fewest = this.#planned[wanted % MOMENTS] ?? 0;
    for (let distance = 1; distance <= reach && fewest >= room; distance += 1) {
      const before = this.#planned[(wanted - distance) % MOMENTS] ?? 0;
      if (before < fewest) [best, fewest] = [-distance, before];
      const after = this.#planned[(wanted + distance) % MOMENTS] ?? 0;
      if (after < fewest && distance <= latest) [best, fewest] = [distance, after];
    }
    return best;
  }

  #passTo(present: number): void {
    // After so long nothing is left of what was planned; what is usual is forgotten soon enough.
    this.#present = Math.max(this.#present, present - MOMENTS);
    for (; this.#present < present; this.#present += 1) {
      const index = this.#present % MOMENTS;
      this.#usual += ((this.#planned[index] ?? 0) - this.#usual) * NEWEST;
      this.#planned[index] = 0;
    }
  }
}
