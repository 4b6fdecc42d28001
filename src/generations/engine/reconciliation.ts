import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Semaphore } from 'penstock/concurrency';
import { Clock, longLivedAbort } from 'penstock/kernel';
import type { Reconciliation as Finding } from 'penstock/plugin-api';

import { generationSpansOf } from '../../tracing/index.js';
import { GenerationError } from '../generation.errors.js';
import { GenerationStore } from '../generation-store.js';
import type { Generation } from '../generation.entity.js';
import { GenerationSettings } from '../generations.options.js';
import { InputFiles } from '../input-files.js';
import { Acceptance } from './acceptance.js';
import { JobObserver } from './job-observer.js';
import { ProviderCalls } from './provider-calls.js';
import { RemixSources } from './remix-sources.js';
import { Rivals } from './rivals.js';
import { submitRequestOf } from './submission.js';

const LOOK_TIMEOUT_MS = 30_000;
const LOOKS_AT_ONCE = 4;
/** Between looks for what may be another's, until the other has its answer. */
const CONTESTED_PAUSE_MS = 10_000;

/** What a look came to. `contested`: what it found may be another's. `unable`: nobody can look. */
type Look = 'absent' | 'settled' | 'nothing' | 'contested' | 'unable';

/**
 * Finds out what became of attempts whose answer was lost. Nothing is sent again unless the provider promises that
 * nothing was created; what stays unknown ends as failed with `submission_unknown`, since a second submission might be
 * paid twice.
 */
@Injectable()
export class Reconciler implements BeforeApplicationShutdown {
  readonly #logger = new Logger('generations');
  readonly #shutdown = longLivedAbort();
  readonly #looks: Semaphore;
  readonly #lost = new Set<string>();

  constructor(
    private readonly store: GenerationStore,
    private readonly calls: ProviderCalls,
    private readonly files: InputFiles,
    private readonly acceptance: Acceptance,
    private readonly observer: JobObserver,
    private readonly sources: RemixSources,
    private readonly settings: GenerationSettings,
    private readonly clock: Clock,
  ) {
    this.#looks = new Semaphore({ name: 'generations.reconciliation', permits: LOOKS_AT_ONCE, clock });
  }

  /** @returns `absent` when the provider promises that nothing was created; otherwise the generation goes on or ended */
  async reconcile(id: string): Promise<'absent' | 'settled'> {
    this.#lost.add(id);
    try {
      return await this.#search(id);
    } finally {
      this.#lost.delete(id);
    }
  }

  async #search(id: string): Promise<'absent' | 'settled'> {
    const generation = this.store.live(id);
    if (generation === undefined) return 'settled';
    const rivals = new Rivals(this.store, generation, (other) => this.#lost.has(other));
    let result: Look = 'nothing';
    for (const pauseMs of this.settings.reconciliationPausesMs) {
      result = await this.#lookAfter(pauseMs, id, rivals);
      if (result === 'absent' || result === 'settled') return result;
      if (result === 'unable') break;
    }
    const answerMs = this.calls.submitTimeoutMs(generation.tokenId, this.settings.submitTimeoutMs);
    const until = this.clock.monotonic() + answerMs;
    while (result === 'contested' && this.clock.monotonic() < until)
      result = await this.#lookAfter(CONTESTED_PAUSE_MS, id, rivals);
    if (result === 'absent' || result === 'settled') return result;
    await this.#giveUp(id);
    return 'settled';
  }

  async #lookAfter(pauseMs: number, id: string, rivals: Rivals): Promise<Look> {
    await this.clock.sleep(pauseMs, this.#shutdown.signal);
    const generation = this.store.live(id);
    if (this.#shutdown.signal.aborted || generation?.status !== 'submitting' || generation.tokenId === null)
      return 'settled';
    const { tokenId } = generation;
    const finding = await this.#looks.run(() => this.#look(generation, tokenId));
    if (finding === 'unable') return finding;
    if (finding.outcome !== 'found') return finding.outcome === 'absent' ? 'absent' : 'nothing';
    if (rivals.mayOwn(finding.job.jobId)) return 'contested';
    return (await this.acceptance.accept(id, finding.job, { found: true })) ? 'settled' : 'nothing';
  }

  async #look(generation: Generation, tokenId: string): Promise<Finding | 'unable'> {
    try {
      if (this.calls.provider(tokenId).reconcile === undefined) return 'unable';
      const source = await this.sources.of(generation);
      const scope = generation.upstreamScope ?? this.calls.upstreamScope(tokenId);
      const attempt = {
        ...submitRequestOf(generation, this.files),
        startedAt: generation.attemptedAt ?? generation.createdAt,
        remixOf: source?.jobId ?? null,
        isClaimed: (jobId: string) => this.store.isClaimed(scope, jobId),
      };
      return await this.calls.run(
        {
          tokenId,
          operation: 'reconcile',
          timeoutMs: LOOK_TIMEOUT_MS,
          ids: { generation: generation.id },
          spans: generationSpansOf([generation]),
        },
        async (provider, context) =>
          provider.reconcile === undefined
            ? { outcome: 'unknown' }
            : await provider.reconcile(attempt, context),
      );
    } catch (error) {
      this.#logger.warn({ generation: generation.id, err: error }, 'Looking for a lost submission failed');
      // Without its token or its source nobody can look.
      return error instanceof GenerationError ? 'unable' : { outcome: 'unknown' };
    }
  }

  async #giveUp(id: string): Promise<void> {
    const generation = this.store.live(id);
    if (generation === undefined) return;
    await this.observer.end(generation, {
      status: 'failed',
      code: 'submission_unknown',
      message:
        'The answer to the submission was lost and the upstream does not show the job. It was not sent again, because it ' +
        'might be made, and paid, twice. Check the upstream account before you ask again.',
    });
  }

  beforeApplicationShutdown(): void {
    this.#shutdown.abort();
  }
}
