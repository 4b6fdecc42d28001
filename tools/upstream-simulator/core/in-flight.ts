import { endOf, type Job } from './job.js';
import { MinHeap } from './min-heap.js';

/** The jobs of one secret that have not ended, counted without a timer for each. */
export class InFlight {
  readonly #running = new Set<Job>();
  readonly #ends = new MinHeap<Job>();
  #max = 0;

  /** The most there ever were at once. */
  get max(): number {
    return this.#max;
  }

  /** How many run at `now`. */
  count(now: number): number {
    this.#forgetEnded(now);
    return this.#running.size;
  }

  /** When the next one is expected to end; `Infinity` when none is. */
  nextEnd(now: number): number {
    this.#forgetEnded(now);
    return this.#ends.peek()?.key ?? Infinity;
  }

  add(job: Job, now: number): void {
    this.#forgetEnded(now);
    this.#running.add(job);
    this.#expect(job);
    this.#max = Math.max(this.#max, this.#running.size);
  }

  /** Counts the job out before the time it was expected to end. */
  remove(job: Job): void {
    this.#running.delete(job);
  }

  #expect(job: Job): void {
    const end = endOf(job);
    if (end !== Infinity) this.#ends.push(end, job);
  }

  /** A job's end may have moved since it was noted, so what comes due is looked at again. */
  #forgetEnded(now: number): void {
    for (let next = this.#ends.peek(); next !== undefined; next = this.#ends.peek()) {
      if (next.key > now && this.#running.has(next.value)) return;
      this.#ends.pop();
      if (!this.#running.has(next.value)) continue;
      if (endOf(next.value) <= now) this.#running.delete(next.value);
      else this.#expect(next.value);
    }
  }
}
