import { Injectable, Logger } from '@nestjs/common';

import { generationSpansOf } from '../../tracing/index.js';
import type { Generation } from '../generation.entity.js';
import { ProviderCalls } from './provider-calls.js';

const CANCEL_TIMEOUT_MS = 10_000;

/** Asks upstreams to stop jobs. */
@Injectable()
export class UpstreamCancellation {
  readonly #logger = new Logger('generations');

  constructor(private readonly calls: ProviderCalls) {}

  /** Asks once, within 10 s; a refusal is logged, not thrown. */
  async request(generation: Generation): Promise<void> {
    const { id, tokenId, upstreamId: jobId, kind, model } = generation;
    if (tokenId === null || jobId === null) return;
    try {
      await this.calls.run(
        {
          tokenId,
          operation: 'cancel',
          timeoutMs: CANCEL_TIMEOUT_MS,
          ids: { generation: id },
          spans: generationSpansOf([generation]),
        },
        async (provider, context) => {
          await provider.cancel?.({ jobId, kind, model }, context);
        },
      );
    } catch (error) {
      this.#logger.warn({ generation: id, err: error }, 'The upstream did not take the cancellation');
    }
  }
}
