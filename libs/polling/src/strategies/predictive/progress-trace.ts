import { bandOf } from './progress-bands.js';
import { soundAgeMs } from './sound-age.js';

/** A change of progress that was seen. */
export interface Sighting {
  readonly band: number;
  /** The age at which it was seen, in milliseconds. */
  readonly atMs: number;
  /** The time left if the rest goes as fast as what is done, in milliseconds. */
  readonly etaMs: number;
}

/** Progress that goes by steps of one percent shows no more. */
const MOST_SIGHTINGS = 100;
const SHORTEST_ETA_MS = 100;
const MOST_DONE = 0.995;

/** What the progress of one generation has shown. */
export class ProgressTrace {
  /** Changes, in order. Past a hundred no more are kept. */
  readonly sightings: Sighting[] = [];
  /** The last change. */
  last: Sighting | null = null;
  #progress = 0;
  #lastAgeMs: number | null = null;
  #startedMs = 0;

  /** Takes in what a poll showed: `null` and whatever is no progress count as 0. */
  see(reported: number | null, age: number): void {
    const ageMs = soundAgeMs(age);
    const progress = reported !== null && reported > 0 ? Math.min(100, reported) : 0;
    if (progress > 0 && progress !== this.#progress) {
      // What stood at 0 began to move at some time since the last look.
      if (this.#progress === 0 && this.#lastAgeMs !== null) this.#startedMs = (this.#lastAgeMs + ageMs) / 2;
      this.#add(progress, ageMs);
    }
    this.#progress = progress;
    this.#lastAgeMs = ageMs;
  }

  #add(progress: number, atMs: number): void {
    const done = Math.min(MOST_DONE, (progress + 0.5) / 100);
    const etaMs = Math.max(SHORTEST_ETA_MS, ((atMs - this.#startedMs) * (1 - done)) / done);
    this.last = { band: bandOf(progress), atMs, etaMs };
    if (this.sightings.length < MOST_SIGHTINGS) this.sightings.push(this.last);
  }
}
