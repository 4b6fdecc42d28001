import { randomBytes } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import type { Priority } from 'penstock/balancer';
import { Clock } from 'penstock/kernel';

import { currentRequest } from '../requests/request-context.js';
import type { EventFormat, Generation, StoredReference } from './generation.entity.js';
import { hashRequest } from './request-hash.js';

/** What a client asks for, checked and complete. */
export interface NewGeneration {
  readonly kind: string;
  readonly model: string;
  readonly provider: string | null;
  readonly prompt: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Parameters that the operator adds. They do not make it another request. @defaultValue none */
  readonly added?: Readonly<Record<string, string>>;
  readonly reference: StoredReference | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly idempotencyKey: string | null;
  /** @defaultValue that of the API key */
  readonly priority?: Priority | undefined;
  /** Where its events go; where those of its key go when left out. @defaultValue none */
  readonly webhookUrl?: string | undefined;
  /** @defaultValue native */
  readonly eventFormat?: EventFormat;
  /** The generation to remix, and the token that made it. */
  readonly remixOf: { readonly id: string; readonly tokenId: string } | null;
}

/** Makes generations at the begin of their life. */
@Injectable()
export class GenerationFactory {
  constructor(private readonly clock: Clock) {}

  /** @param standard - its priority where the request names none */
  create(request: NewGeneration, ownerId: string, standard: Priority = 'normal'): Generation {
    const { kind, model, metadata, idempotencyKey, prompt, reference } = request;
    const parameters = { ...request.added, ...request.parameters };
    const { remixOf, ...asked } = askedBy(request);
    return {
      id: `${kind}_${randomBytes(16).toString('hex')}`,
      kind,
      model,
      requestedProvider: request.provider,
      provider: null,
      status: 'queued',
      progress: 0,
      input: { prompt, parameters, reference },
      assets: [],
      metadata,
      errorCode: null,
      errorMessage: null,
      priority: asked.priority ?? standard,
      ownerId,
      idempotencyKey,
      requestHash: hashRequest({ ...request, ...asked, remixOf }),
      remixOf,
      tokenId: request.remixOf?.tokenId ?? null,
      attempts: 0,
      attemptId: null,
      attemptedAt: null,
      upstreamScope: null,
      upstreamId: null,
      polls: 0,
      cancelRequested: false,
      revision: 1,
      serial: 0,
      webhookUrl: asked.webhookUrl,
      eventFormat: request.eventFormat ?? 'native',
      traceparent: currentRequest()?.traceparent ?? null,
      createdAt: this.clock.now(),
      startedAt: null,
      completedAt: null,
    };
  }
}

/** What a request may leave out, and what makes it another one where it does not. */
function askedBy({ remixOf, webhookUrl, priority }: NewGeneration) {
  return { remixOf: remixOf?.id ?? null, webhookUrl: webhookUrl ?? null, priority: priority ?? null };
}
