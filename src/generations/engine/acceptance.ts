import { Injectable, Logger } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import type { JobSnapshot, SubmittedJob } from 'penstock/plugin-api';
import { PollScheduler } from 'penstock/polling';

import type { JobClaim } from '../generation-change.js';
import { GenerationStore } from '../generation-store.js';
import type { Generation } from '../generation.entity.js';
import { Cancellation } from './cancellation.js';
import { GivenAcceptance } from './given-acceptance.js';
import { JobCallbacks } from './job-callbacks.js';
import { JobObserver } from './job-observer.js';
import { Persistence } from '../../runtime/persistence.js';
import { PollDeadlines } from './poll-deadlines.js';
import { pollTraitsOf } from './poll-traits.js';
import { ProviderCalls } from './provider-calls.js';

const LONGEST_JOB_ID = 512;
const LONGEST_FIRST_DELAY_MS = 60_000;

/** Takes note of the job that the upstream accepted for a generation, and has it polled. */
@Injectable()
export class Acceptance {
  readonly #logger = new Logger('generations');

  constructor(
    private readonly store: GenerationStore,
    private readonly persistence: Persistence,
    private readonly observer: JobObserver,
    private readonly cancellation: Cancellation,
    private readonly scheduler: PollScheduler,
    private readonly deadlines: PollDeadlines,
    private readonly calls: ProviderCalls,
    private readonly callbacks: JobCallbacks,
    private readonly given: GivenAcceptance,
    private readonly clock: Clock,
  ) {}

  /**
   * Records the job durably, trying until the database takes it: what the upstream accepted must not be forgotten.
   *
   * @param found - the job was looked for, and was not told by the answer to the submission
   * @returns `false` when the job belongs to another generation already, has no usable id, or files that are none
   */
  async accept(id: string, job: SubmittedJob, { found = false } = {}): Promise<boolean> {
    if (!isJobId(job.jobId)) {
      this.#logger.error({ generation: id }, 'The provider gave no job id of 1 to 512 characters');
      return false;
    }
    if (job.content !== undefined) return this.given.accept(id, job, job.content);
    const accepted = await this.#record(id, { upstreamId: job.jobId, startedAt: this.clock.now(), found });
    if (accepted === 'claimed') return false;
    if (accepted === null) return true;
    if (accepted.cancelRequested) {
      await this.cancellation.carryOut(accepted);
      return true;
    }
    if (!(await this.#observe(id, job.snapshot))) this.track(accepted, firstDelayOf(job.snapshot));
    return true;
  }

  /** Has an accepted generation polled. Its deadline counts from its acceptance. */
  track(generation: Generation, firstDelayMs?: number): void {
    if (generation.tokenId === null) return;
    const isCalledBack = this.callbacks.urlOf(generation.provider) !== null;
    this.scheduler.track({
      id: generation.id,
      ...pollTraitsOf(generation),
      tokenId: generation.tokenId,
      ...this.calls.pollLane(generation.tokenId),
      progress: generation.progress,
      ageMs: Math.max(0, this.clock.now() - (generation.startedAt ?? this.clock.now())),
      remainingMs: this.deadlines.remainingMs(generation),
      ...(isCalledBack && generation.upstreamScope !== null ? { callbacks: generation.upstreamScope } : {}),
      ...(firstDelayMs === undefined ? {} : { firstDelayMs }),
    });
    this.callbacks.known(generation);
  }

  /** What cannot be made of the first snapshot, the first poll makes up for. */
  async #observe(id: string, snapshot: JobSnapshot): Promise<boolean> {
    try {
      return await this.observer.observe(id, snapshot);
    } catch (error) {
      this.#logger.warn({ generation: id, err: error }, 'The first state of a job could not be recorded');
      return false;
    }
  }

  async #record(id: string, claim: JobClaim): Promise<Generation | null | 'claimed'> {
    const accepted = await this.persistence.untilStored(() => this.store.claim(id, claim));
    if (accepted === 'claimed')
      this.#logger.warn(
        { generation: id, job: claim.upstreamId },
        'The job belongs to another generation already',
      );
    return accepted;
  }
}

/** Plugins are not all written in TypeScript. */
function isJobId(jobId: unknown): boolean {
  return typeof jobId === 'string' && jobId !== '' && jobId.length <= LONGEST_JOB_ID;
}

/** What the upstream wishes, as far as it makes sense. */
function firstDelayOf({ pollAfterMs }: JobSnapshot): number | undefined {
  if (pollAfterMs === null || !(pollAfterMs >= 0)) return undefined;
  return Math.min(pollAfterMs, LONGEST_FIRST_DELAY_MS);
}
