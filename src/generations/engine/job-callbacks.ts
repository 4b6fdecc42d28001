import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { Clock } from 'penstock/kernel';
import { PollScheduler } from 'penstock/polling';

import { GENERATION_CHANGED } from '../generation-events.js';
import { isFinished } from '../generation-status.js';
import type { Generation } from '../generation.entity.js';

/** A callback may come this long before we know its job, or after its end, in milliseconds. */
const KEPT_MS = 60_000;
/** Callbacks about jobs that nobody knows (yet), at most. */
const MOST_EARLY = 10_000;

/** What {@link JobCallbacks} needs of the store. */
type Job = Pick<Generation, 'id' | 'provider' | 'upstreamId'>;

/**
 * Callbacks of upstreams about jobs of this process. One of them has its generation polled, and changes nothing else. One that
 * overtakes the answer to its submission is kept until the job is known.
 */
@Injectable()
export class JobCallbacks {
  #urlOf: (provider: string) => string | null = () => null;
  /** By job: the ids of its generations, one unless two upstreams of a provider gave the same job id. */
  readonly #jobs = new Map<string, Set<string>>();
  /** Jobs that have ended, the oldest first, and until when their callbacks still count. */
  readonly #ended = new Map<string, { readonly job: string; readonly until: number }>();
  /** Jobs that were called about before they were known, the oldest first, and until when that counts. */
  readonly #early = new Map<string, number>();

  constructor(
    private readonly scheduler: PollScheduler,
    private readonly clock: Clock,
  ) {}

  /** Says where upstreams call. @param urlOf - `null` for a provider whose callbacks could not be taken */
  serve(urlOf: (provider: string) => string | null): void {
    this.#urlOf = urlOf;
  }

  /** Where the upstream may call for a job of this provider; `null` when nowhere. */
  urlOf(provider: string | null): string | null {
    return provider === null ? null : this.#urlOf(provider);
  }

  /** The job of a generation is known and polled from now on. */
  known({ id, provider, upstreamId }: Job): void {
    if (provider === null || upstreamId === null) return;
    const job = nameOf(provider, upstreamId);
    const ids = this.#jobs.get(job) ?? new Set();
    this.#jobs.set(job, ids.add(id));
    this.#prune();
    if (this.#early.delete(job)) this.scheduler.called(id);
  }

  /** The upstream of a provider called back about the end of a job. Repeated ones change nothing. */
  received(provider: string, jobId: string): void {
    this.#prune();
    const job = nameOf(provider, jobId);
    const ids = this.#jobs.get(job);
    for (const id of ids ?? []) this.scheduler.called(id);
    if (ids !== undefined || this.#early.size >= MOST_EARLY) return;
    this.#early.delete(job);
    this.#early.set(job, this.clock.monotonic() + KEPT_MS);
  }

  /** A generation has changed. Of one that is over, the job is forgotten after a while. */
  @OnEvent(GENERATION_CHANGED)
  changed({ id, provider, upstreamId, status }: Job & Pick<Generation, 'status'>): void {
    if (!isFinished(status) || provider === null || upstreamId === null) return;
    this.#ended.set(id, { job: nameOf(provider, upstreamId), until: this.clock.monotonic() + KEPT_MS });
    this.#prune();
  }

  #prune(): void {
    const now = this.clock.monotonic();
    for (const [job, until] of this.#early) {
      if (until > now) break;
      this.#early.delete(job);
    }
    for (const [id, { job, until }] of this.#ended) {
      if (until > now) break;
      this.#ended.delete(id);
      const ids = this.#jobs.get(job);
      ids?.delete(id);
      if (ids?.size === 0) this.#jobs.delete(job);
    }
  }
}

const nameOf = (provider: string, jobId: string): string => `${provider}\n${jobId}`;
