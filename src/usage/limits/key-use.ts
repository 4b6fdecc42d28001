/** A generation as limits see it. */
export interface CountedGeneration {
  readonly id: string;
  /** The day in UTC on which it was asked for. */
  readonly day: string;
}

/** The window of a minute, in milliseconds. */
export const MINUTE_MS = 60_000;

/**
 * What one API key has under way, asked for of late, and used today. Every generation is counted once, however often it is
 * told of. Nothing here waits, so a look and the taking that follows it are one step.
 *
 * `at` is on a clock that never goes back; days only go forward: when the wall clock is set back over midnight, what is
 * asked for counts on the later day.
 */
export class KeyUse {
  /** By id, the day on which each that has not ended was counted. */
  readonly #unended = new Map<string, string>();
  /** By id, when each was asked for, oldest first. */
  readonly #recent = new Map<string, number>();
  #day: string;
  #used: number;

  /** @param used - how many count on `day` that have ended */
  constructor(day: string, used: number) {
    this.#day = day;
    this.#used = used;
  }

  /** Takes up one that has not ended, as a start finds it. */
  restore({ id, day }: CountedGeneration): void {
    if (this.#unended.has(id)) return;
    this.#unended.set(id, day);
    if (day === this.#day) this.#used += 1;
  }

  /** Takes up that one was asked for of late. Called with the oldest first, before anything is taken. */
  restoreRecent(id: string, at: number): void {
    this.#recent.set(id, at);
  }

  /** Counts one that is asked for now. */
  take({ id, day }: CountedGeneration, at: number): void {
    if (this.#unended.has(id)) return;
    this.#roll(day);
    this.#unended.set(id, this.#day);
    this.#recent.set(id, at);
    this.#used += 1;
  }

  /** One that was taken was not made: as if nobody had asked for it. */
  abandon(id: string): void {
    if (!this.#unended.has(id)) return;
    this.end(id, true);
    this.#recent.delete(id);
  }

  /** One has ended. @param isFree - it does not count on its day */
  end(id: string, isFree: boolean): void {
    const day = this.#unended.get(id);
    if (day === undefined) return;
    this.#unended.delete(id);
    if (isFree && day === this.#day) this.#used -= 1;
  }

  /** How many have not ended. */
  get unended(): number {
    return this.#unended.size;
  }

  /** How many count on the day, or on a later one that was seen already. */
  usedOn(day: string): number {
    this.#roll(day);
    return this.#used;
  }

  /** How many were asked for in the minute before `at`. */
  recentAt(at: number): number {
    for (const [id, askedAt] of this.#recent) {
      if (at - askedAt < MINUTE_MS) break;
      this.#recent.delete(id);
    }
    return this.#recent.size;
  }

  /** Milliseconds until fewer than `limit` were asked for within a minute; 0 when that is so. */
  untilBelow(limit: number, at: number): number {
    const tooMany = this.recentAt(at) - limit + 1;
    if (tooMany <= 0) return 0;
    let place = 0;
    for (const askedAt of this.#recent.values()) {
      place += 1;
      if (place === tooMany) return askedAt + MINUTE_MS - at;
    }
    return 0;
  }

  #roll(day: string): void {
    if (day <= this.#day) return;
    this.#day = day;
    this.#used = 0;
  }
}
