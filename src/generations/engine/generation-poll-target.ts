import { Injectable, Logger } from '@nestjs/common';
import type { JobSnapshot, ProviderFailure } from 'penstock/plugin-api';
import { PollTarget, type PollObservation } from 'penstock/polling';

import { failureOf } from '../../providers/index.js';
import { GenerationError } from '../generation.errors.js';
import { GenerationStore } from '../generation-store.js';
import type { Generation } from '../generation.entity.js';
import { JobObserver } from './job-observer.js';
import { ProviderCalls } from './provider-calls.js';
import { TokenReports } from './token-reports.js';
import { UpstreamCancellation } from './upstream-cancellation.js';

/** What the poll scheduler calls: asks the upstream for the job of a generation. */
@Injectable()
export class GenerationPollTarget extends PollTarget {
  readonly #logger = new Logger('generations');

  constructor(
    private readonly store: GenerationStore,
    private readonly calls: ProviderCalls,
    private readonly observer: JobObserver,
    private readonly reports: TokenReports,
    private readonly upstream: UpstreamCancellation,
  ) {
    super();
  }

  override async poll(id: string, signal: AbortSignal): Promise<PollObservation> {
    const generation = this.store.live(id);
    if (generation?.upstreamId == null || generation.tokenId === null) return { outcome: 'ended' };
    const { tokenId, upstreamId: jobId, kind, model } = generation;
    this.observer.polled(id);
    try {
      const call = { tokenId, operation: 'poll', signal, ids: { generation: id } };
      const snapshot = await this.calls.run(call, (provider, context) =>
        provider.poll({ jobId, kind, model }, context),
      );
      if (signal.aborted) return { outcome: 'error', retryAfterMs: null };
      if (await this.observer.observe(id, snapshot)) return endedBy(snapshot);
      return { outcome: 'pending', progress: snapshot.progress, pollAfterMs: snapshot.pollAfterMs };
    } catch (error) {
      return await this.#failed(generation, tokenId, error);
    }
  }

  override async expire(id: string): Promise<void> {
    const generation = this.store.live(id);
    if (generation === undefined) return;
    await this.observer.end(generation, {
      status: 'failed',
      code: 'deadline_exceeded',
      message: 'The upstream did not finish the job in time.',
    });
    await this.upstream.request(generation);
  }

  async #failed(generation: Generation, tokenId: string, error: unknown): Promise<PollObservation> {
    if (error instanceof GenerationError && error.code === 'token_gone') {
      const { code, message } = error;
      await this.observer.end(generation, { status: 'failed', code, message });
      return { outcome: 'ended' };
    }
    const failure = failureOf(error, 'reads');
    this.#logger.warn(
      { generation: generation.id, token: tokenId, failure: failure.kind, err: error },
      'A poll failed',
    );
    if (TELLS_OF_THE_TOKEN.has(failure.kind)) await this.reports.report(tokenId, failure);
    return { outcome: 'error', retryAfterMs: 'retryAfterMs' in failure ? failure.retryAfterMs : null };
  }
}

/** Only what the upstream brought to its end tells how long generations take. */
function endedBy({ status, completedAt = null }: JobSnapshot): PollObservation {
  const isEnd = status === 'completed' || status === 'failed';
  return isEnd ? { outcome: 'ended', end: status, endedAt: completedAt } : { outcome: 'ended' };
}

/** A job that cannot be polled says nothing of its token, unless the upstream speaks of the token itself. */
const TELLS_OF_THE_TOKEN: ReadonlySet<ProviderFailure['kind']> = new Set([
  'rate_limited',
  'unauthorized',
  'edge_challenge',
]);
