import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import type { AssetStorage, SinkWrite, StoredContent } from 'penstock/plugin-api';

/** A sink in memory that names contents after their copies, as buckets do. */
export class NamedSink implements AssetStorage {
  readonly contents = new Map<string, Buffer>();
  /** Runs when a content is there, and before anybody hears of it. When it fails, so does the write, and the content stays. */
  onWritten: () => Promise<void> = () => Promise.resolve();

  keyOf(copyId: string): string {
    return `named/${copyId}`;
  }

  async write({ copyId, content }: SinkWrite): Promise<StoredContent> {
    const bytes = await buffer(Readable.from(content));
    const key = this.keyOf(copyId);
    this.contents.set(key, bytes);
    await this.onWritten();
    return { key, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  }

  open(key: string): Promise<Readable | null> {
    const found = this.contents.get(key);
    return Promise.resolve(found === undefined ? null : Readable.from([found]));
  }

  stat(key: string): Promise<{ readonly bytes: number } | null> {
    const found = this.contents.get(key);
    return Promise.resolve(found === undefined ? null : { bytes: found.length });
  }

  delete(key: string): Promise<void> {
    this.contents.delete(key);
    return Promise.resolve();
  }
}
