/** What counts for a rate, in milliseconds. */
export const WINDOW_MS = 60_000;

/**
 * When things happened within the last minute, oldest first: of a limit per minute it tells exactly when it lets the
 * next one pass, for any minute and not only for those of the wall. Times are milliseconds on a clock that never goes
 * back. Memory: 8 bytes for each of the last minute.
 */
export class SlidingWindow {
  #times: number[] = [];
  #first = 0;

  /** @param at - not before what was recorded last, unless it lies further back; then it is sorted in */
  record(at: number, now: number): void {
    this.#forget(now);
    const last = this.#times.at(-1);
    this.#times.push(at);
    if (last !== undefined && last > at) this.#times.sort((left, right) => left - right);
  }

  /** When the next one keeps within `most` in any 60 s: not after `now` when it does at once. */
  freeAt(most: number, now: number): number {
    this.#forget(now);
    const blocking = this.#times[this.#times.length - most];
    return this.#times.length - this.#first < most || blocking === undefined
      ? -Infinity
      : blocking + WINDOW_MS;
  }

  /** Whether nothing happened within the last minute. */
  isEmpty(now: number): boolean {
    this.#forget(now);
    return this.#first === this.#times.length;
  }

  #forget(now: number): void {
    for (let time = this.#times[this.#first]; time !== undefined; time = this.#times[this.#first]) {
      if (time + WINDOW_MS > now) break;
      this.#first += 1;
    }
    // Cutting off the front costs its length, so only once it is half of all.
    if (this.#first * 2 <= this.#times.length) return;
    this.#times = this.#times.slice(this.#first);
    this.#first = 0;
  }
}
