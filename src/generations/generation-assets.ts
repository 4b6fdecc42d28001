import { Injectable } from '@nestjs/common';
import { ProviderError, type Download, type ProviderFailureKind } from 'penstock/plugin-api';

import { generationSpansOf } from '../tracing/index.js';
import { ProviderCalls } from './engine/provider-calls.js';
import { GenerationError } from './generation.errors.js';
import type { Generation } from './generation.entity.js';

/** Which part of which asset. */
export interface AssetRequest {
  /** The position in `assets`, or the provider's name of it. */
  readonly asset: number | string;
  readonly range: string | null;
  readonly ifRange: string | null;
  /** Aborts the download; the client went away. */
  readonly signal: AbortSignal;
}

/** Serves the files of completed generations, from the token that made them. */
@Injectable()
export class GenerationAssets {
  constructor(private readonly calls: ProviderCalls) {}

  /**
   * Opens an asset as a stream.
   *
   * @throws GenerationError `not_completed` before the end, `asset_not_found`, `not_supported` when the provider cannot
   *   hand over files, `token_gone`
   * @throws GenerationError `upstream_busy` or `upstream_failed` when the upstream does not hand it over
   */
  open(generation: Generation, request: AssetRequest): Promise<Download> {
    const { id, kind, model, tokenId, upstreamId: jobId } = generation;
    if (generation.status !== 'completed' || tokenId === null || jobId === null) {
      throw GenerationError.of(
        'not_completed',
        `${id} is ${generation.status}; its files are there once it is completed.`,
      );
    }
    const { asset } = this.#find(generation, request.asset);
    const call = {
      ...{ tokenId, operation: 'download', signal: request.signal },
      ...{ ids: { generation: id }, spans: generationSpansOf([generation]) },
    };
    const download = this.calls.run(call, (provider, context) => {
      if (provider.download === undefined) {
        throw GenerationError.of(
          'not_supported',
          `Provider "${generation.provider ?? ''}" hands over no files.`,
        );
      }
      const { range, ifRange } = request;
      return provider.download({ jobId, kind, model }, { asset, range, ifRange }, context);
    });
    return download.catch((error: unknown) => {
      throw error instanceof ProviderError ? whyNotServed(id, error) : error;
    });
  }

  #find(generation: Generation, wanted: number | string): { readonly asset: string } {
    const found = generation.assets.find((asset, index) =>
      typeof wanted === 'number' ? index === wanted : asset.name === wanted,
    );
    if (found !== undefined) return { asset: found.name };
    const known = generation.assets.map((asset, index) => `${String(index)} (${asset.name})`).join(', ');
    throw GenerationError.of(
      'asset_not_found',
      `${generation.id} has no asset ${JSON.stringify(wanted)}. It has: ${known === '' ? 'none' : known}.`,
    );
  }
}

/** Reading again does no harm, so what is ambiguous is passing, too. */
const PASSING: ReadonlySet<ProviderFailureKind> = new Set([
  'transient',
  'ambiguous',
  'rate_limited',
  'edge_challenge',
]);

/** What the upstream refuses here is no fault of the client, whose request is right. */
function whyNotServed(id: string, error: ProviderError): GenerationError {
  const { failure, message } = error;
  const reason = `The upstream did not hand over the file of ${id}: ${message}`;
  const retryAfterMs = 'retryAfterMs' in failure ? failure.retryAfterMs : null;
  const isPassing = PASSING.has(failure.kind);
  if (!isPassing) return GenerationError.of('upstream_failed', reason, { cause: error });
  return GenerationError.of('upstream_busy', reason, { cause: error, retryAfterMs: retryAfterMs ?? 1_000 });
}
