import { createHash, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';

import { beforeEach, describe, expect, it } from 'vitest';

import type { AssetStorage, SinkWrite, StoredContent } from '../src/index.js';

/** What the suite needs of a sink. */
export interface AssetSinkContract {
  readonly name: string;
  /** A sink over a place that is empty; called before each test. */
  readonly create: () => AssetStorage | Promise<AssetStorage>;
  /** How many things lie in the place, unfinished ones included. */
  readonly count: () => number | Promise<number>;
}

const PIECE = 64 * 1024;

/** What every `@AssetSink()` must do. */
export function describeAssetSink({ name, create, count }: AssetSinkContract): void {
  describe(`the sink ${name}`, () => {
    let sink: AssetStorage;
    const content = randomBytes(5 * PIECE + 17);

    beforeEach(async () => {
      sink = await create();
    });

    const write = (changes: Partial<SinkWrite> = {}): Promise<StoredContent> =>
      sink.write({
        copyId: 'gen_1/0',
        contentType: 'video/mp4',
        bytes: content.length,
        content: pieces(content),
        signal: new AbortController().signal,
        ...changes,
      });
    const read = async (key: string, start?: number, end?: number): Promise<Buffer | null> => {
      const range = start === undefined || end === undefined ? undefined : { start, end };
      const body = await sink.open(key, range);
      return body === null ? null : buffer(body);
    };

    it('gives back what it took, and tells its size and hash', async () => {
      const stored = await write();
      expect(stored).toMatchObject({ bytes: content.length, sha256: sha256(content) });
      expect(await sink.stat(stored.key)).toEqual({ bytes: content.length });
      expect(sha256((await read(stored.key)) ?? Buffer.alloc(0))).toBe(sha256(content));
    });

    it.each([
      ['a known length', 11],
      ['an unknown length', null],
    ])('takes a content of %s', async (_of, bytes) => {
      const { key } = await write({ bytes, content: pieces(Buffer.from('eleven byte')) });
      expect(String(await read(key))).toBe('eleven byte');
    });

    it('takes an empty content', async () => {
      const { key, bytes } = await write({ bytes: 0, content: pieces(Buffer.alloc(0)) });
      expect([bytes, await sink.stat(key), (await read(key))?.length]).toEqual([0, { bytes: 0 }, 0]);
    });

    it.each([
      [0, 0],
      [0, 99],
      [PIECE - 1, PIECE],
      [content.length - 1, content.length - 1],
      [0, content.length - 1],
    ])('opens the bytes %i to %i', async (start, end) => {
      const { key } = await write();
      const part = (await read(key, start, end)) ?? Buffer.alloc(0);
      expect(sha256(part)).toBe(sha256(content.subarray(start, end + 1)));
    });

    it('opens one content for many readers at once', async () => {
      const { key } = await write();
      const reads = await Promise.all(Array.from({ length: 8 }, () => read(key)));
      expect(new Set(reads.map((each) => sha256(each ?? Buffer.alloc(0))))).toEqual(
        new Set([sha256(content)]),
      );
    });

    it('has nothing of a key that it never gave, and deletes it without complaint', async () => {
      const { key } = await write();
      await sink.delete(key);
      expect([await sink.stat(key), await read(key), await count()]).toEqual([null, null, 0]);
      await sink.delete(key);
    });

    it('stores the same copy again in place of the first', async () => {
      const first = await write();
      const second = await write();
      expect(second).toEqual(first);
      expect(await count()).toBe(1);
      expect(sha256((await read(second.key)) ?? Buffer.alloc(0))).toBe(sha256(content));
    });

    it('keeps contents apart', async () => {
      const one = await write({ copyId: 'gen_1/0', bytes: 3, content: pieces(Buffer.from('one')) });
      const two = await write({ copyId: 'gen_1/1', bytes: 3, content: pieces(Buffer.from('two')) });
      await sink.delete(one.key);
      expect([await read(one.key), String(await read(two.key))]).toEqual([null, 'two']);
    });

    it('stores nothing when the content breaks, and says why', async () => {
      const broken = write({ content: breaking(content, new Error('the upstream hung up')) });
      await expect(broken).rejects.toThrow('the upstream hung up');
      expect(await count()).toBe(0);
    });

    it('stores nothing when it is aborted, even while no piece comes', async () => {
      const stop = new AbortController();
      const waiting = write({ content: never(content), signal: stop.signal });
      const refused = expect(waiting).rejects.toThrow();
      setImmediate(() => {
        stop.abort(new Error('the process ends'));
      });
      await refused;
      expect(await count()).toBe(0);
      await expect(write({ signal: stop.signal })).rejects.toThrow();
      expect(await count()).toBe(0);
    });

    it('tells the key of a copy before it is stored, if it does', async () => {
      if (sink.keyOf === undefined) return;
      const { key } = await write({ copyId: 'gen_7/3' });
      expect(key).toBe(sink.keyOf('gen_7/3'));
    });

    it('has nothing to tidy after its own writes, and tidies nothing that is under way, if it tidies', async () => {
      const { key } = await write();
      await write({ content: breaking(content, new Error('broken')) }).catch(() => undefined);
      const tidied: unknown[] = [];
      const tidy = async (): Promise<unknown> => tidied.push((await sink.tidy?.()) ?? 0);
      const other = await write({ copyId: 'gen_2/0', content: whileTidied(content, tidy) });
      expect(tidied).toEqual([0]);
      expect([await sink.stat(key), await sink.stat(other.key)]).toEqual([
        { bytes: content.length },
        { bytes: content.length },
      ]);
    });

    it('lists what it stores, if it lists', async () => {
      if (sink.keys === undefined) return;
      const { key } = await write();
      const keys: string[] = [];
      for await (const each of sink.keys()) keys.push(each);
      expect(keys).toEqual([key]);
    });
  });
}

const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

async function* pieces(content: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += PIECE) {
    await Promise.resolve();
    yield content.subarray(at, at + PIECE);
  }
}

async function* breaking(content: Buffer, error: Error): AsyncGenerator<Uint8Array> {
  yield* pieces(content);
  throw error;
}

async function* whileTidied(content: Buffer, tidy: () => Promise<unknown>): AsyncGenerator<Uint8Array> {
  yield content.subarray(0, 2 * PIECE);
  await tidy();
  yield content.subarray(2 * PIECE);
}

async function* never(content: Buffer): AsyncGenerator<Uint8Array> {
  yield* pieces(content);
  await new Promise(() => undefined);
}
