import { InFlight } from './in-flight.js';
import { viewOf, type Job } from './job.js';
import type { JobError } from './job-error.js';

/** Which page of a list is wanted. */
export interface PageQuery {
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  /** The last job of the page before. */
  readonly after: Job | null;
}

/** Part of a list, and whether there is more of it. */
export interface Page {
  readonly jobs: readonly Job[];
  readonly hasMore: boolean;
}

interface Placed {
  readonly job: Job;
  readonly position: number;
}

/** All jobs since the start or the last reset, found by id, by account and by secret. */
export class JobStore {
  readonly #byId = new Map<string, Placed>();
  readonly #byAccount = new Map<string, Job[]>();
  readonly #inFlight = new Map<string, InFlight>();

  /** @param onEnd - told of a job that ended otherwise than planned */
  constructor(private readonly onEnd: (job: Job) => void = () => undefined) {}

  add(job: Job): void {
    const siblings = this.#byAccount.get(job.account) ?? [];
    this.#byAccount.set(job.account, siblings);
    this.#byId.set(job.id, { job, position: siblings.push(job) - 1 });
    this.inFlight(job.secret).add(job, job.createdAt);
  }

  /** The job, unless it is unknown or deleted. */
  find(id: string): Job | undefined {
    const job = this.#byId.get(id)?.job;
    return job?.deleted === true ? undefined : job;
  }

  inFlight(secret: string): InFlight {
    const known = this.#inFlight.get(secret) ?? new InFlight();
    this.#inFlight.set(secret, known);
    return known;
  }

  /** Ends a job now; `false` when it already had ended. */
  end(job: Job, now: number, error: JobError | null): boolean {
    if (viewOf(job, now).finishedAt !== null) return false;
    job.ended = { at: now, error };
    this.inFlight(job.secret).remove(job);
    this.onEnd(job);
    return true;
  }

  page(account: string, query: PageQuery): Page {
    const jobs = this.#byAccount.get(account) ?? [];
    const step = query.order === 'asc' ? 1 : -1;
    const found: Job[] = [];
    for (let at = this.#firstPosition(jobs, query); ; at += step) {
      const job = jobs[at];
      if (job === undefined) return { jobs: found, hasMore: false };
      if (job.deleted) continue;
      if (found.length === query.limit) return { jobs: found, hasMore: true };
      found.push(job);
    }
  }

  /** Every job, deleted ones too, in the order of creation. */
  *all(): Iterable<Job> {
    for (const { job } of this.#byId.values()) yield job;
  }

  #firstPosition(jobs: readonly Job[], { after, order }: PageQuery): number {
    const step = order === 'asc' ? 1 : -1;
    const placed = after === null ? undefined : this.#byId.get(after.id);
    if (placed !== undefined) return placed.position + step;
    return order === 'asc' ? 0 : jobs.length - 1;
  }
}
