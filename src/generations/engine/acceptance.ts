import { Injectable, Logger } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import type { SubmittedJob } from 'penstock/plugin-api';
import { PollScheduler } from 'penstock/polling';
import { QueryFailedError } from 'typeorm';

import { GenerationStore } from '../generation-store.js';
import type { Generation } from '../generation.entity.js';
import { Cancellation } from './cancellation.js';
import { JobObserver } from './job-observer.js';
import { Persistence } from './persistence.js';
import { PollDeadlines } from './poll-deadlines.js';
import { ProviderCalls } from './provider-calls.js';

/** Takes note of the job that the upstream accepted for a generation, and has it polled. */
@Injectable()
export class Acceptance {
  readonly #logger = new Logger('generations');

  constructor(
    private readonly store: GenerationStore,
    private readonly persistence: Persistence,
    private readonly calls: ProviderCalls,
    private readonly observer: JobObserver,
    private readonly cancellation: Cancellation,
    private readonly scheduler: PollScheduler,
    private readonly deadlines: PollDeadlines,
    private readonly clock: Clock,
  ) {}

  /**
   * Records the job durably, trying until the database takes it: what the upstream accepted must not be forgotten.
   *
   * @returns `false` when the job belongs to another generation already
   */
  async accept(id: string, tokenId: string, job: SubmittedJob): Promise<boolean> {
    const accepted = await this.#record(id, tokenId, job.jobId);
    if (accepted === 'claimed') return false;
    if (accepted === null) return true;
    if (accepted.cancelRequested) {
      await this.cancellation.carryOut(accepted);
      return true;
    }
    if (!(await this.observer.observe(id, job.snapshot)))
      this.track(accepted, job.snapshot.pollAfterMs ?? undefined);
    return true;
  }

  /** Has an accepted generation polled. Its deadline counts from its acceptance. */
  track(generation: Generation, firstDelayMs?: number): void {
    if (generation.tokenId === null) return;
    this.scheduler.track({
      id: generation.id,
      kind: generation.kind,
      tokenId: generation.tokenId,
      progress: generation.progress,
      remainingMs: this.deadlines.remainingMs(generation),
      ...(firstDelayMs === undefined ? {} : { firstDelayMs }),
    });
  }

  #record(id: string, tokenId: string, jobId: string): Promise<Generation | null | 'claimed'> {
    const patch = {
      status: 'in_progress' as const,
      upstreamId: jobId,
      upstreamScope: this.calls.upstreamScope(tokenId),
      startedAt: this.clock.now(),
    };
    return this.persistence.untilStored(async () => {
      try {
        return await this.store.change(id, patch, { from: ['submitting'], durable: true });
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        this.#logger.warn({ generation: id, job: jobId }, 'The job belongs to another generation already');
        return 'claimed';
      }
    });
  }
}

function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const code: unknown = Reflect.get(error.driverError, 'code');
  return code === '23505' || (typeof code === 'string' && code.startsWith('SQLITE_CONSTRAINT'));
}
