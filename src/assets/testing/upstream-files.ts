import { Readable } from 'node:stream';

import type { Download } from 'penstock/plugin-api';

import type { AssetRequest } from '../../generations/generation-assets.js';
import type { Generation } from '../../generations/generation.entity.js';

/** The files of generations at their upstream, by the id of the generation. */
export class UpstreamFiles {
  /** The generations that were asked for, in their order. */
  readonly asked: string[] = [];
  contentType = 'video/mp4';
  readonly #files = new Map<string, string | Error>();
  readonly #waits = new Map<string, Promise<void>>();

  set(generationId: string, file: string | Error): void {
    this.#files.set(generationId, file);
  }

  /** From now on no answer comes for this generation until the returned function is called. */
  hold(generationId: string): () => void {
    let release = (): void => undefined;
    this.#waits.set(generationId, new Promise<void>((resolve) => (release = resolve)));
    return release;
  }

  readonly openUpstream = async ({ id }: Generation, { signal }: AssetRequest): Promise<Download> => {
    this.asked.push(id);
    await this.#waits.get(id);
    signal.throwIfAborted();
    const file = this.#files.get(id) ?? `the file of ${id}`;
    if (file instanceof Error) throw file;
    const bytes = Buffer.from(file);
    const body = Readable.from([bytes]);
    return {
      status: 200,
      contentType: this.contentType,
      contentLength: bytes.length,
      contentRange: null,
      etag: '"1"',
      lastModified: null,
      body,
    };
  };
}
