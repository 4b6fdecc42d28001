import { Injectable } from '@nestjs/common';
import type { Priority } from 'penstock/balancer';
import { ProviderRegistry } from 'penstock/plugin-host';

import { GenerationError } from './generation.errors.js';
import type { NewGeneration } from './generation.factory.js';
import type { Generation } from './generation.entity.js';

/** What a remix changes. */
export interface RemixRequest {
  /** The generation to remix. */
  readonly id: string;
  readonly prompt: string;
  readonly idempotencyKey: string | null;
  readonly priority?: Priority | undefined;
  readonly webhookUrl?: string | undefined;
}

/** Makes requests for remixes, which the façade alone knows: they run on the token that made the source, which alone can see it. */
@Injectable()
export class GenerationRemixes {
  constructor(private readonly providers: ProviderRegistry) {}

  /** @throws GenerationError `not_completed`, or `not_supported` when the provider has no remix */
  requestFor(
    source: Generation,
    { prompt, idempotencyKey, priority, webhookUrl }: RemixRequest,
  ): NewGeneration {
    const { id, kind, model, provider, tokenId, status, input } = source;
    if (status !== 'completed' || tokenId === null || provider === null) {
      throw GenerationError.of(
        'not_completed',
        `${id} is ${status}; only a completed generation can be remixed.`,
      );
    }
    if (!this.providers.get(provider).capabilities.has('remix')) {
      throw GenerationError.of('not_supported', `Provider "${provider}" cannot remix.`);
    }
    return {
      kind,
      model,
      provider,
      prompt,
      parameters: input.parameters,
      reference: null,
      metadata: {},
      idempotencyKey,
      priority,
      webhookUrl,
      eventFormat: 'openai',
      remixOf: { id, tokenId },
    };
  }
}
