import { Injectable } from '@nestjs/common';
import { PollTarget, type PollListing, type PollObservation, type PollRequest } from 'penstock/polling';

import { generationSpansOf } from '../../tracing/index.js';
import { GenerationError } from '../generation.errors.js';
import { GenerationStore } from '../generation-store.js';
import type { Generation } from '../generation.entity.js';
import { JobObserver } from './job-observer.js';
import { ListedPolls } from './listed-polls.js';
import { PollCredentials } from './poll-credentials.js';
import { PollFailures } from './poll-failures.js';
import { observationOf } from './poll-observation.js';
import { ProviderCalls } from './provider-calls.js';
import { UpstreamCancellation } from './upstream-cancellation.js';

/** What the poll scheduler calls: asks the upstream for the job of a generation. */
@Injectable()
export class GenerationPollTarget extends PollTarget {
  constructor(
    private readonly store: GenerationStore,
    private readonly calls: ProviderCalls,
    private readonly observer: JobObserver,
    private readonly failures: PollFailures,
    private readonly lists: ListedPolls,
    private readonly credentials: PollCredentials,
    private readonly upstream: UpstreamCancellation,
  ) {
    super();
  }

  override async poll(request: PollRequest): Promise<PollObservation> {
    const { id } = request;
    const generation = this.store.live(id);
    if (generation?.upstreamId == null || generation.tokenId === null) return { outcome: 'ended' };
    const { upstreamId: jobId, kind, model } = generation;
    const tokenId = this.credentials.tokenFor(generation.tokenId);
    this.observer.polled(id);
    try {
      const call = {
        tokenId,
        operation: 'poll',
        signal: request.signal,
        ids: { generation: id },
        spans: generationSpansOf([generation]),
      };
      const snapshot = await this.calls.run(call, (provider, context) =>
        provider.poll({ jobId, kind, model }, context),
      );
      if (!request.wanted) return { outcome: 'error', retryAfterMs: null };
      return observationOf(snapshot, await this.observer.observe(id, snapshot));
    } catch (error) {
      return await this.#failed(generation, tokenId, error);
    }
  }

  override pollMany(polls: readonly PollRequest[], signal: AbortSignal): Promise<PollListing> {
    return this.lists.poll(polls, signal);
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
    return this.failures.take(tokenId, error, [generation.id]);
  }
}
