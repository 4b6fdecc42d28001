import { randomUUID } from 'node:crypto';

import { Injectable, Logger } from '@nestjs/common';
import type { Lease } from 'penstock/balancer';
import { Clock } from 'penstock/kernel';
import {
  ProviderError,
  type JobReference,
  type Provider,
  type ProviderFailure,
  type SubmitRequest,
  type SubmittedJob,
} from 'penstock/plugin-api';
import type { PooledToken } from 'penstock/token-cache';

import { failureOf } from '../../providers/index.js';
import { generationSpansOf } from '../../tracing/index.js';
import { GenerationError } from '../generation.errors.js';
import { GenerationStore } from '../generation-store.js';
import type { Generation } from '../generation.entity.js';
import { GenerationSettings } from '../generations.options.js';
import { InputFiles } from '../input-files.js';
import { Acceptance } from './acceptance.js';
import { GenerationLeases } from './generation-leases.js';
import { Persistence } from '../../runtime/persistence.js';
import { JobCallbacks } from './job-callbacks.js';
import { ProviderCalls } from './provider-calls.js';
import { RemixSources } from './remix-sources.js';
import { Settlement } from './settlement.js';
import { TokenReports } from './token-reports.js';

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

interface Attempt {
  readonly generation: Generation;
  /** What is remixed; `null` for a plain submission. */
  readonly source: JobReference | null;
  /** The token as it stood when the lease on it was granted. */
  readonly granted: PooledToken;
}

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
    private readonly sources: RemixSources,
    private readonly reports: TokenReports,
    private readonly settings: GenerationSettings,
    private readonly callbacks: JobCallbacks,
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
    const { generation, granted } = begun;
    if (generation.cancelRequested) {
      await this.settlement.settle(id, { status: 'cancelled' });
      return { outcome: 'settled' };
    }
    const stopped = this.calls.stoppedSince(granted);
    if (stopped !== null) {
      // It was no attempt: nobody was asked.
      const unsent = Object.assign({}, generation, { attempts: generation.attempts - 1 });
      return this.requeue(unsent, { ...stopped, tokenId: granted.id });
    }
    return this.#send(begun, lease.tokenId);
  }

  /** The attempt is on disk before the first byte leaves: after a crash we know that it may have been made. */
  async #begin(id: string, lease: Lease): Promise<Attempt | null> {
    const queued = this.store.live(id);
    if (queued === undefined) return null;
    const granted = this.calls.token(lease.tokenId);
    const source = await this.sources.of(queued).catch((error: unknown) => this.#sourceGone(id, error));
    if (source === 'gone') return null;
    const patch = {
      status: 'submitting' as const,
      tokenId: lease.tokenId,
      provider: granted.provider,
      upstreamScope: this.calls.upstreamScope(lease.tokenId),
      attempts: queued.attempts + 1,
      attemptId: randomUUID(),
      attemptedAt: this.clock.now(),
    };
    const generation = await this.store.change(id, patch, { from: ['queued'], durable: true });
    return generation && { generation, source, granted };
  }

  async #sourceGone(id: string, error: unknown): Promise<'gone'> {
    if (!(error instanceof GenerationError)) throw error;
    const { code, message } = error;
    await this.settlement.settle(id, { status: 'failed', code, message });
    return 'gone';
  }

  async #send(attempt: Attempt, tokenId: string): Promise<SubmissionResult> {
    const { generation } = attempt;
    const callbackUrl = this.callbacks.urlOf(generation.provider);
    const request = {
      ...submitRequestOf(generation, this.files),
      ...(callbackUrl === null ? {} : { callbackUrl }),
    };
    let job: SubmittedJob;
    try {
      job = await this.calls.run(
        {
          tokenId,
          operation: 'submit',
          timeoutMs: this.calls.submitTimeoutMs(tokenId, this.settings.submitTimeoutMs),
          ids: { generation: generation.id },
          spans: generationSpansOf([generation]),
        },
        (provider, context) =>
          attempt.source === null
            ? provider.submit(request, context)
            : remixerOf(provider).remix(attempt.source, request, context),
      );
    } catch (error) {
      return this.#failed(generation, tokenId, error instanceof GenerationError ? neverSent(error) : error);
    }
    // In the order of the answers: once it is on disk, failures that came later would have been told before it.
    const told = this.reports.report(tokenId, { kind: 'success' });
    const accepted = await this.acceptance.accept(generation.id, job);
    await told;
    return { outcome: accepted ? 'settled' : 'ambiguous' };
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
    await this.reports.report(tokenId, failure);
    if (failure.kind === 'ambiguous') return { outcome: 'ambiguous' };
    return this.requeue(generation, { failure, tokenId, message });
  }

  /** Queues a generation again of which surely nothing was created upstream. */
  async requeue(
    generation: Generation,
    rejection: { readonly failure: ProviderFailure; readonly tokenId: string; readonly message: string },
  ): Promise<SubmissionResult> {
    const pinned = generation.remixOf === null ? null : generation.tokenId;
    const { attempts } = generation;
    const patch = {
      status: 'queued' as const,
      tokenId: pinned,
      provider: null,
      upstreamScope: null,
      attempts,
    };
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

function remixerOf(provider: Provider): Required<Pick<Provider, 'remix'>> {
  if (provider.remix !== undefined) return provider as Required<Pick<Provider, 'remix'>>;
  throw new ProviderError({ kind: 'invalid_request', param: null }, 'The provider cannot remix (any more).');
}

/** Our own refusal to make the call: surely nothing was created. */
function neverSent(error: GenerationError): ProviderError {
  return new ProviderError({ kind: 'transient', retryAfterMs: null }, error.message, { cause: error });
}
