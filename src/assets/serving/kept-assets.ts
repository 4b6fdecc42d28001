import { Readable } from 'node:stream';

import { Injectable, Logger } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import { SinkRegistry } from 'penstock/plugin-host';
import type { AssetStorage, Download, SinkRange } from 'penstock/plugin-api';

import { AssetShelves, type AssetShelf, type PartRequest } from '../../generations/asset-shelves.js';
import type { Generation } from '../../generations/generation.entity.js';
import type { AssetCopy } from '../asset-copy.entity.js';
import { CopyStore } from '../copy-store.js';
import { CopyWorker } from '../copying/copy-worker.js';
import { rangeOf } from './byte-range.js';

/** A copy that is stored. */
interface Stored {
  readonly copy: AssetCopy;
  readonly key: string;
  readonly bytes: number;
  readonly etag: string;
}

/** Hands over the copies of files. What is not copied yet, or gone, is left to the upstream. */
@Injectable()
export class KeptAssets implements AssetShelf {
  readonly #logger = new Logger('assets');

  constructor(
    shelves: AssetShelves,
    private readonly store: CopyStore,
    private readonly sinks: SinkRegistry,
    private readonly worker: CopyWorker,
    private readonly clock: Clock,
  ) {
    shelves.add(this);
  }

  async open({ id }: Generation, position: number, request: PartRequest): Promise<Download | null> {
    try {
      const stored = storedOf(await this.store.find({ generationId: id, position }));
      return stored === null ? null : await this.#serve(stored, request);
    } catch (error) {
      this.#logger.warn(
        { err: error, generation: id, position },
        'A copy could not be opened; asking the upstream',
      );
      return null;
    }
  }

  async #serve(stored: Stored, { range: header, ifRange }: PartRequest): Promise<Download | null> {
    const { copy, bytes, etag } = stored;
    const range = ifRange === null || ifRange === etag ? rangeOf(header, bytes) : 'whole';
    const about = { contentType: copy.contentType, etag, lastModified: null };
    if (range === 'none') {
      const nothing = { status: 416, contentLength: 0, contentRange: `bytes */${String(bytes)}` };
      return { ...about, ...nothing, body: Readable.from([]) };
    }
    const sink = this.sinks.find(copy.sink ?? '');
    if (sink === undefined) return null;
    const body = await opened(sink, stored, range === 'whole' ? undefined : range);
    if (body === null) return this.#lost(copy);
    if (range === 'whole') return { ...about, status: 200, contentLength: bytes, contentRange: null, body };
    const { start, end } = range;
    const contentRange = `bytes ${String(start)}-${String(end)}/${String(bytes)}`;
    return { ...about, status: 206, contentLength: end - start + 1, contentRange, body };
  }

  /** Somebody deleted it behind our back, or spoiled it. */
  async #lost(copy: AssetCopy): Promise<null> {
    const { generationId: generation, position, sink } = copy;
    this.#logger.warn({ generation, position, sink }, 'A copy is gone from its sink; copying again');
    await this.store.lose(copy, this.clock.now());
    this.worker.wake();
    return null;
  }
}

/** @returns `null` for a content that is gone, or is not what was stored */
async function opened(
  sink: AssetStorage,
  { key, bytes }: Stored,
  range?: SinkRange,
): Promise<Readable | null> {
  return (await sink.stat(key))?.bytes === bytes ? sink.open(key, range) : null;
}

function storedOf(copy: AssetCopy | null): Stored | null {
  if (copy?.status !== 'stored') return null;
  const { contentKey: key, bytes, sha256 } = copy;
  return key === null || bytes === null || sha256 === null ? null : { copy, key, bytes, etag: `"${sha256}"` };
}
