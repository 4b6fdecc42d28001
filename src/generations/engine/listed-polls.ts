import { Injectable, Logger } from '@nestjs/common';
import type { JobReference, JobSnapshot } from 'penstock/plugin-api';
import type { PollListing, PollObservation, PollRequest } from 'penstock/polling';

import { generationSpansOf } from '../../tracing/index.js';
import type { Generation } from '../generation.entity.js';
import { GenerationStore } from '../generation-store.js';
import { CountedHttp } from './counted-http.js';
import { JobObserver } from './job-observer.js';
import { PollCredentials } from './poll-credentials.js';
import { PollFailures } from './poll-failures.js';
import { observationOf } from './poll-observation.js';
import { ProviderCalls } from './provider-calls.js';

const NOT_TAKEN: PollObservation = { outcome: 'error', retryAfterMs: null };

interface Asked {
  readonly poll: PollRequest;
  readonly job: JobReference;
  readonly generation: Generation;
}

/** Asks for the jobs of many generations of one token with one call of `pollMany`. */
@Injectable()
export class ListedPolls {
  readonly #logger = new Logger('generations');

  constructor(
    private readonly store: GenerationStore,
    private readonly calls: ProviderCalls,
    private readonly observer: JobObserver,
    private readonly failures: PollFailures,
    private readonly credentials: PollCredentials,
  ) {}

  /** A job that the list does not have, or says not to know, is left out: it is asked for by itself. */
  async poll(polls: readonly PollRequest[], signal: AbortSignal): Promise<PollListing> {
    const live = polls.map((poll) => ({ poll, generation: this.store.live(poll.id) }));
    const asked = live.flatMap(({ poll, generation }) => askedOf(poll, generation));
    const observations = new Map<string, PollObservation>();
    for (const { poll, generation } of live) {
      if (generation?.upstreamId == null) observations.set(poll.id, { outcome: 'ended' });
    }
    const own = live.find(({ generation }) => generation?.tokenId != null)?.generation?.tokenId;
    if (own == null || asked.length === 0) return { outcome: 'listed', observations, requests: 1 };
    const tokenId = this.credentials.tokenFor(own);
    try {
      const { snapshots, requests } = await this.#list(tokenId, asked, signal);
      await Promise.all(asked.map((each) => this.#take(each, snapshots, observations)));
      return { outcome: 'listed', observations, requests: Math.max(1, requests) };
    } catch (error) {
      return this.failures.take(
        tokenId,
        error,
        asked.map(({ poll }) => poll.id),
      );
    }
  }

  async #list(
    tokenId: string,
    asked: readonly Asked[],
    signal: AbortSignal,
  ): Promise<{ snapshots: ReadonlyMap<string, JobSnapshot>; requests: number }> {
    const jobs = asked.map(({ job }) => job);
    const spans = generationSpansOf(asked.map(({ generation }) => generation));
    return this.calls.run({ tokenId, operation: 'pollMany', signal, spans }, async (provider, context) => {
      const http = new CountedHttp(context.http);
      const snapshots =
        (await provider.pollMany?.(jobs, { ...context, http })) ?? new Map<string, JobSnapshot>();
      return { snapshots, requests: http.requests };
    });
  }

  async #take(
    { poll, job }: Asked,
    snapshots: ReadonlyMap<string, JobSnapshot>,
    observations: Map<string, PollObservation>,
  ): Promise<void> {
    const snapshot = snapshots.get(job.jobId);
    if (snapshot === undefined || snapshot.status === 'not_found' || !poll.wanted) return;
    this.observer.polled(poll.id);
    try {
      observations.set(poll.id, observationOf(snapshot, await this.observer.observe(poll.id, snapshot)));
    } catch (error) {
      this.#logger.warn(
        { generation: poll.id, err: error },
        'What a list says of a job could not be recorded',
      );
      observations.set(poll.id, NOT_TAKEN);
    }
  }
}

function askedOf(poll: PollRequest, generation: Generation | undefined): Asked[] {
  if (generation?.upstreamId == null) return [];
  const { upstreamId: jobId, kind, model } = generation;
  return [{ poll, generation, job: { jobId, kind, model } }];
}
