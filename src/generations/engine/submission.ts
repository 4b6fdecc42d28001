import { randomUUID } from 'node:crypto';

import { Injectable, Logger } from '@nestjs/common';
import type { Lease } from 'penstock/balancer';
import { Clock } from 'penstock/kernel';
import type { ProviderFailure, SubmitRequest, SubmittedJob } from 'penstock/plugin-api';

import { failureOf } from '../../providers/index.js';
import { TokenHealth } from '../../tokens/index.js';
import { GenerationStore } from '../generation-store.js';
import type { Generation } from '../generation.entity.js';
import { GenerationSettings } from '../generations.options.js';
import { InputFiles } from '../input-files.js';
import { Acceptance } from './acceptance.js';
import { GenerationLeases } from './generation-leases.js';
import { Persistence } from './persistence.js';
import { ProviderCalls } from './provider-calls.js';
import { Settlement } from './settlement.js';

/** What became of an attempt to submit. */
export type SubmissionResult =
  | { readonly outcome: 'settled' }
  /** The upstream may have accepted it; find out before anything else. */
  | { readonly outcome: 'ambiguous' }
  /** Surely nothing was created; the generation is queued again and its lease given back. */
  | {
      readonly outcome: 'rejected';
      readonly failure: ProviderFailure;
      readonly tokenId: string;
      readonly message: string;
    };

/** One attempt to hand a generation to the upstream: committed first, then sent, once. */
@Injectable()
export class Submission {
  readonly #logger = new Logger('generations');

  constructor(
    private readonly store: GenerationStore,
    private readonly persistence: Persistence,
    private readonly leases: GenerationLeases,
    private readonly calls: ProviderCalls,
    private readonly files: InputFiles,
    private readonly acceptance: Acceptance,
    private readonly settlement: Settlement,
    private readonly health: TokenHealth,
    private readonly settings: GenerationSettings,
    private readonly clock: Clock,
  ) {}

  /** Carries out one attempt with a lease that is given back here or held until the generation ends. */
  async attempt(id: string, lease: Lease): Promise<SubmissionResult> {
    this.leases.hold(id, lease);
    const begun = await this.#begin(id, lease).catch(async (error: unknown) => {
      await this.leases.release(id);
      throw error;
    });
    if (begun === null) {
      await this.leases.release(id);
      return { outcome: 'settled' };
    }
    if (begun.cancelRequested) {
      await this.settlement.settle(id, { status: 'cancelled' });
      return { outcome: 'settled' };
    }
    return this.#send(begun, lease.tokenId);
  }

  /** The attempt is on disk before the first byte leaves: after a crash we know that it may have been made. */
  async #begin(id: string, lease: Lease): Promise<Generation | null> {
    const generation = this.store.live(id);
    if (generation === undefined) return null;
    const patch = {
      status: 'submitting' as const,
      tokenId: lease.tokenId,
      provider: this.calls.token(lease.tokenId).provider,
      attempts: generation.attempts + 1,
      attemptId: randomUUID(),
      attemptedAt: this.clock.now(),
    };
    return this.store.change(id, patch, { from: ['queued'], durable: true });
  }

  async #send(generation: Generation, tokenId: string): Promise<SubmissionResult> {
    let job: SubmittedJob;
    try {
      job = await this.#call(generation, tokenId);
    } catch (error) {
      return this.#failed(generation, tokenId, error);
    }
    const accepted = await this.acceptance.accept(generation.id, tokenId, job);
    await this.#report(tokenId, { kind: 'success' });
    return { outcome: accepted ? 'settled' : 'ambiguous' };
  }

  async #call(generation: Generation, tokenId: string): Promise<SubmittedJob> {
    const request = submitRequestOf(generation, this.files);
    const source = generation.remixOf === null ? null : await this.store.find(generation.remixOf);
    return this.calls.run(
      { tokenId, operation: 'submit', timeoutMs: this.settings.submitTimeoutMs },
      (provider, context) => {
        if (source?.upstreamId == null || provider.remix === undefined)
          return provider.submit(request, context);
        return provider.remix(
          { jobId: source.upstreamId, kind: source.kind, model: source.model },
          request,
          context,
        );
      },
    );
  }

  async #failed(generation: Generation, tokenId: string, error: unknown): Promise<SubmissionResult> {
    const failure = failureOf(error, 'changes');
    const message = error instanceof Error ? error.message : String(error);
    this.#logger.warn(
      { generation: generation.id, token: tokenId, failure: failure.kind, err: error },
      'A submission failed',
    );
    if (failure.kind === 'content_policy' || failure.kind === 'invalid_request') {
      await this.settlement.settle(generation.id, { status: 'failed', code: failure.kind, message });
      return { outcome: 'settled' };
    }
    await this.#report(tokenId, failure);
    if (failure.kind === 'ambiguous') return { outcome: 'ambiguous' };
    return this.requeue(generation, { failure, tokenId, message });
  }

  /** What a token is worth is worth knowing, but never worth losing a generation for. */
  async #report(tokenId: string, outcome: Parameters<TokenHealth['report']>[1]): Promise<void> {
    try {
      await this.health.report(tokenId, outcome);
    } catch (error) {
      this.#logger.error({ token: tokenId, err: error }, 'The health of a token could not be recorded');
    }
  }

  /** Queues a generation again of which surely nothing was created upstream. */
  async requeue(
    generation: Generation,
    rejection: { readonly failure: ProviderFailure; readonly tokenId: string; readonly message: string },
  ): Promise<SubmissionResult> {
    const pinned = generation.remixOf === null ? null : generation.tokenId;
    const patch = { status: 'queued' as const, tokenId: pinned, provider: null };
    const queued = await this.persistence.untilStored(() =>
      this.store.change(generation.id, patch, { from: ['submitting'] }),
    );
    await this.leases.release(generation.id);
    return queued === null ? { outcome: 'settled' } : { outcome: 'rejected', ...rejection };
  }
}

/** The request that a provider gets for a generation. */
export function submitRequestOf(generation: Generation, files: InputFiles): SubmitRequest {
  return {
    kind: generation.kind,
    model: generation.model,
    prompt: generation.input.prompt,
    parameters: generation.input.parameters,
    inputReference: files.open(generation.input.reference),
    attemptId: generation.attemptId ?? generation.id,
  };
}
