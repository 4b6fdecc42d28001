import { Injectable } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import { ProviderError, type Download, type ProviderFailureKind } from 'penstock/plugin-api';

import { generationSpansOf } from '../tracing/index.js';
import { askedAgain } from './asked-again.js';
import { AssetShelves, type PartRequest } from './asset-shelves.js';
import { ProviderCalls } from './engine/provider-calls.js';
import { GenerationError } from './generation.errors.js';
import type { Generation } from './generation.entity.js';

/** Which part of which asset. */
export interface AssetRequest extends PartRequest {
  /** The position in `assets`, or the provider's name of it. */
  readonly asset: number | string;
}

/** Serves the files of completed generations, from a shelf that has them or from the token that made them. */
@Injectable()
export class GenerationAssets {
  constructor(
    private readonly calls: ProviderCalls,
    private readonly shelves: AssetShelves,
    private readonly clock: Clock,
  ) {}

  /**
   * Opens an asset as a stream.
   *
   * @throws GenerationError `not_completed` before the end, `asset_not_found`; when no shelf has it, whatever
   *   {@link GenerationAssets.openUpstream} throws
   */
  async open(generation: Generation, request: AssetRequest): Promise<Download> {
    const { position } = this.find(generation, request.asset);
    return (await this.shelves.open(generation, position, request)) ?? this.openUpstream(generation, request);
  }

  /**
   * Opens an asset at its upstream, which is asked again where it fails for a moment.
   *
   * @throws GenerationError `not_completed` before the end, `asset_not_found`, `not_supported` when the provider cannot
   *   hand over files, `token_gone`
   * @throws GenerationError `upstream_busy` or `upstream_failed` when the upstream does not hand it over
   */
  async openUpstream(generation: Generation, request: AssetRequest): Promise<Download> {
    const { id, kind, model, tokenId, upstreamId: jobId } = generation;
    const { name: asset } = this.find(generation, request.asset);
    if (tokenId === null || jobId === null) throw notCompleted(generation);
    const call = {
      tokenId,
      operation: 'download',
      signal: request.signal,
      ids: { generation: id },
      spans: generationSpansOf([generation]),
    };
    const open = () =>
      this.calls.run(call, (provider, context) => {
        if (provider.download === undefined) {
          throw GenerationError.of(
            'not_supported',
            `Provider "${generation.provider ?? ''}" hands over no files, and no copy of this one is kept (any more).`,
          );
        }
        const { range, ifRange } = request;
        return provider.download({ jobId, kind, model }, { asset, range, ifRange }, context);
      });
    return askedAgain(open, { clock: this.clock, signal: request.signal }).catch((error: unknown) => {
      throw error instanceof ProviderError ? whyNotServed(id, error) : error;
    });
  }

  /**
   * Which file is meant.
   *
   * @throws GenerationError `not_completed` before the end, `asset_not_found`
   */
  find(
    generation: Generation,
    wanted: number | string,
  ): { readonly position: number; readonly name: string } {
    if (generation.status !== 'completed') throw notCompleted(generation);
    const position = generation.assets.findIndex((asset, index) =>
      typeof wanted === 'number' ? index === wanted : asset.name === wanted,
    );
    const found = generation.assets[position];
    if (found !== undefined) return { position, name: found.name };
    const known = generation.assets.map((asset, index) => `${String(index)} (${asset.name})`).join(', ');
    throw GenerationError.of(
      'asset_not_found',
      `${generation.id} has no asset ${JSON.stringify(wanted)}. It has: ${known === '' ? 'none' : known}.`,
    );
  }
}

function notCompleted({ id, status }: Generation): GenerationError {
  return GenerationError.of('not_completed', `${id} is ${status}; its files are there once it is completed.`);
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
