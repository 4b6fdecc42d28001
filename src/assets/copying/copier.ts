import { Inject, Injectable } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import { SinkRegistry } from 'penstock/plugin-host';
import type { AssetStorage } from 'penstock/plugin-api';
import { Settings } from 'penstock/settings';

import { GenerationAssets } from '../../generations/generation-assets.js';
import { GenerationError } from '../../generations/generation.errors.js';
import { GenerationStore } from '../../generations/generation-store.js';
import type { Generation } from '../../generations/generation.entity.js';
import { Persistence } from '../../runtime/persistence.js';
import type { AssetCopy } from '../asset-copy.entity.js';
import { assetSettings, type ReadsAssetSettings } from '../assets.settings.js';
import { CopyStore } from '../copy-store.js';
import { KeptContents } from '../kept-contents.js';
import { WritesUnderWay, type WriteUnderWay } from '../writes-under-way.js';
import { contentTypeOf } from './content-type.js';
import { CopyAnew, CopyRefused } from './copy-refused.js';
import { afterFailure } from './copy-schedule.js';
import { ResumedSource } from './resumed-source.js';

export const COPY_OUTCOMES = ['stored', 'failed', 'dead', 'unwanted', 'stopped'] as const;

/** What became of an attempt. `stopped` counts for nothing. */
export type CopyOutcome = (typeof COPY_OUTCOMES)[number];

/** Where a copy goes. */
interface Target {
  readonly sink: AssetStorage;
  readonly write: WriteUnderWay;
  readonly signal: AbortSignal;
}

/** Makes one copy, once. */
@Injectable()
export class Copier {
  constructor(
    @Inject(GenerationStore) private readonly generations: Pick<GenerationStore, 'find'>,
    @Inject(GenerationAssets) private readonly assets: Pick<GenerationAssets, 'openUpstream'>,
    private readonly sinks: SinkRegistry,
    private readonly store: CopyStore,
    private readonly contents: KeptContents,
    private readonly writes: WritesUnderWay,
    private readonly persistence: Persistence,
    @Inject(Settings) private readonly settings: ReadsAssetSettings,
    private readonly clock: Clock,
  ) {}

  /** When this resolves, the row of the copy says what comes next, unless it was stopped. */
  async attempt(copy: AssetCopy, signal: AbortSignal): Promise<CopyOutcome> {
    try {
      const generation = await this.generations.find(copy.generationId);
      if (generation === null) return await this.#settled(copy, { status: 'unwanted' });
      return await this.#copy(generation, copy, signal);
    } catch (error) {
      if (signal.aborted) return 'stopped';
      return this.#settled(copy, afterFailure(copy, error, this.#limits, this.clock.now()));
    }
  }

  get #limits() {
    return this.settings.get(assetSettings);
  }

  async #copy(generation: Generation, copy: AssetCopy, signal: AbortSignal): Promise<'stored' | 'unwanted'> {
    const { sink: name, stalledAfterMs } = this.#limits;
    const sink = this.#sink(name);
    const open = this.#opening(generation, copy, signal);
    const source = await ResumedSource.open({ open, clock: this.clock, stalledAfterMs, signal });
    try {
      return await this.writes.track(copy, name, (write) =>
        this.#write(copy, source, { sink, write, signal }),
      );
    } finally {
      source.destroy();
    }
  }

  async #write(copy: AssetCopy, source: ResumedSource, to: Target): Promise<'stored' | 'unwanted'> {
    const { sink, write, signal } = to;
    const contentType = contentTypeOf(copy.contentType, source.contentType);
    const copyId = `${copy.generationId}/${String(copy.position)}`;
    const key = sink.keyOf?.(copyId);
    const place = key === undefined ? null : { sink: write.sink, contentKey: key };
    if (!(await this.contents.prepare(copy, place))) return 'unwanted';
    const content = this.#bounded(copy, source);
    const stored = await sink.write({ copyId, contentType, bytes: source.bytes, content, signal });
    write.key = stored.key;
    const kept = { ...stored, sink: write.sink, contentType };
    const outcome = await this.persistence.untilStored(() => this.contents.keep(copy, kept));
    if (outcome !== 'missing') return outcome;
    throw new Error(`The sink "${write.sink}" does not have what it has just taken.`);
  }

  #sink(name: string): AssetStorage {
    const sink = this.sinks.find(name);
    if (sink !== undefined) return sink;
    const known = this.sinks.names().join(', ') || 'none';
    throw new Error(`There is no sink "${name}". Known: ${known}. Mend the setting assets.sink.`);
  }

  #opening(generation: Generation, { position: asset }: AssetCopy, signal: AbortSignal) {
    return async (part: { readonly range: string | null; readonly ifRange: string | null }) => {
      try {
        return await this.assets.openUpstream(generation, { asset, ...part, signal });
      } catch (error) {
        const isResumed = part.range !== null;
        if (isResumed && error instanceof GenerationError && error.code !== 'upstream_busy')
          throw new CopyAnew(error.message, { cause: error });
        throw error;
      }
    };
  }

  /** The bytes, never more than the quota, and as many as the generation tells. */
  async *#bounded({ bytes }: AssetCopy, source: ResumedSource): AsyncGenerator<Uint8Array> {
    const { quotaBytes } = this.#limits;
    const most = quotaBytes === 0 ? Infinity : quotaBytes;
    let size = 0;
    const check = (got: number): void => {
      if (got > most)
        throw new CopyRefused(
          `The file is larger than the quota (assets.quotaBytes) of ${String(most)} bytes.`,
        );
    };
    check(source.bytes ?? 0);
    for await (const piece of source.content()) {
      check((size += piece.byteLength));
      yield piece;
    }
    if (bytes !== null && bytes !== size)
      throw new Error(`The file has ${String(size)} bytes; the upstream told ${String(bytes)} before.`);
  }

  async #settled(copy: AssetCopy, patch: Partial<AssetCopy>): Promise<CopyOutcome> {
    const isChanged = await this.persistence.untilStored(() => this.store.settle(copy, patch));
    if (!isChanged || patch.status === 'unwanted') return 'unwanted';
    return patch.status === 'dead' ? 'dead' : 'failed';
  }
}
