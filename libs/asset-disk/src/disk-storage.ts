import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';

import { abortable } from 'penstock/kernel';
import type { AssetStorage, SinkRange, SinkWrite, StoredContent } from 'penstock/plugin-api';

const KEY = /^[0-9a-f]{64}$/;
const NEW = 'new';

/**
 * Files in a folder, each named after the SHA-256 of its bytes, so that equal contents lie there once. A content is written
 * under another name, flushed, and renamed when it is whole. One process owns the folder.
 */
export class DiskStorage implements AssetStorage {
  /** The names of what is being written. */
  readonly #drafts = new Set<string>();

  /** @param folder - made when it is not there */
  constructor(private readonly folder: string) {}

  /** Removes what was begun and is not being written any more, such as by a process that was killed. */
  async tidy(): Promise<number> {
    const names = (await unlessMissing(readdir(join(this.folder, NEW)))) ?? [];
    const left = names.filter((name) => !this.#drafts.has(name));
    for (const name of left) await rm(join(this.folder, NEW, name), { recursive: true, force: true });
    return left.length;
  }

  async write({ content, signal }: SinkWrite): Promise<StoredContent> {
    signal.throwIfAborted();
    const name = randomUUID();
    const draft = join(this.folder, NEW, name);
    this.#drafts.add(name);
    try {
      await mkdir(dirname(draft), { recursive: true });
      const { bytes, sha256 } = await fill(draft, abortable(content, signal));
      await this.#publish(draft, sha256);
      return { key: sha256, bytes, sha256 };
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    } finally {
      this.#drafts.delete(name);
    }
  }

  async open(key: string, range?: SinkRange): Promise<Readable | null> {
    const handle = await unlessMissing(open(this.#path(key)));
    return handle === null ? null : createReadStream('', { fd: handle, ...range });
  }

  async stat(key: string): Promise<{ readonly bytes: number } | null> {
    const found = await unlessMissing(stat(this.#path(key)));
    return found === null ? null : { bytes: found.size };
  }

  async delete(key: string): Promise<void> {
    await rm(this.#path(key), { force: true });
  }

  async *keys(): AsyncGenerator<string> {
    for (const folder of (await unlessMissing(readdir(this.folder))) ?? []) {
      if (folder === NEW) continue;
      const names = (await unlessMissing(readdir(join(this.folder, folder)))) ?? [];
      yield* names.filter((name) => KEY.test(name));
    }
  }

  /** Gives a whole file its name; what has it already holds the same bytes. */
  async #publish(draft: string, sha256: string): Promise<void> {
    const path = this.#path(sha256);
    const folder = dirname(path);
    const made = await mkdir(folder, { recursive: true });
    await rename(draft, path);
    await flush(folder);
    if (made !== undefined) await flush(this.folder);
  }

  /** @throws RangeError for what is no key: it must not lead anywhere else */
  #path(key: string): string {
    if (!KEY.test(key)) throw new RangeError(`key must be 64 hexadecimal digits, got ${JSON.stringify(key)}`);
    return join(this.folder, key.slice(0, 2), key);
  }
}

async function fill(
  path: string,
  content: AsyncIterable<Uint8Array>,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(path, 'wx');
  try {
    for await (const piece of content) {
      hash.update(piece);
      bytes += piece.byteLength;
      await writeAll(file, piece);
    }
    await file.datasync();
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** A disk may take fewer bytes at once than it is given. */
async function writeAll(file: Awaited<ReturnType<typeof open>>, piece: Uint8Array): Promise<void> {
  for (let rest = piece; rest.byteLength > 0;) {
    const { bytesWritten } = await file.write(rest);
    rest = rest.subarray(bytesWritten);
  }
}

/** Makes the names in a folder outlive a power cut. */
async function flush(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function unlessMissing<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
