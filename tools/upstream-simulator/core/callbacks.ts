import type { Clock, Random, Timer } from 'penstock/kernel';

import type { Behaviour } from './behaviour.js';
import { endOf, type Job } from './job.js';

/** A request that tells of the end of a job. */
export interface Callback {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What became of callbacks. */
export interface CallbackCounts {
  /** Taken by whoever was called. */
  readonly taken: number;
  /** Answered with another status than 2xx. */
  readonly refused: number;
  /** Not answered. */
  readonly failed: number;
  /** Not sent, as the behaviour says. */
  readonly lost: number;
}

interface Watched {
  readonly job: Job;
  readonly make: () => Callback;
  timer: Timer | undefined;
}

/** Calls back when jobs end, once for each, as far as the behaviour lets it. */
export class Callbacks {
  readonly #watched = new Map<string, Watched>();
  readonly #stop = new AbortController();
  #counts: CallbackCounts = { taken: 0, refused: 0, failed: 0, lost: 0 };

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly behaviour: () => Pick<Behaviour, 'callbackRate' | 'callbackDelayMs'>,
  ) {}

  get counts(): CallbackCounts {
    return this.#counts;
  }

  /** Calls back when the job has ended. @param make - called then */
  watch(job: Job, make: () => Callback): void {
    const watched = { job, make, timer: undefined };
    this.#watched.set(job.id, watched);
    this.#arm(watched);
  }

  /** A job ended otherwise than planned. */
  ended(job: Job): void {
    const watched = this.#watched.get(job.id);
    if (watched !== undefined) this.#arm(watched);
  }

  /** Calls nobody any more. */
  stop(): void {
    this.#stop.abort();
    for (const { timer } of this.#watched.values()) timer?.cancel();
    this.#watched.clear();
  }

  #arm(watched: Watched): void {
    watched.timer?.cancel();
    const inMs = endOf(watched.job) - this.clock.now();
    watched.timer =
      inMs === Infinity
        ? undefined
        : this.clock.setTimer(
            () => {
              this.#due(watched);
            },
            Math.max(0, inMs) + this.behaviour().callbackDelayMs,
          );
  }

  #due(watched: Watched): void {
    if (endOf(watched.job) > this.clock.now()) {
      this.#arm(watched);
      return;
    }
    this.#watched.delete(watched.job.id);
    if (this.random.next() < this.behaviour().callbackRate) void this.#send(watched.make());
    else this.#count('lost');
  }

  async #send({ url, headers, body }: Callback): Promise<void> {
    try {
      const init = { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } };
      const { ok } = await fetch(url, { ...init, signal: this.#stop.signal });
      this.#count(ok ? 'taken' : 'refused');
    } catch {
      this.#count('failed');
    }
  }

  #count(what: keyof CallbackCounts): void {
    this.#counts = { ...this.#counts, [what]: this.#counts[what] + 1 };
  }
}
