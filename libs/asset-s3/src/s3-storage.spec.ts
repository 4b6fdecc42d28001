import { createHash, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';

import { CreateMultipartUploadCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { SinkWrite, StoredContent } from 'penstock/plugin-api';
import { describeAssetSink } from 'penstock/plugin-api/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { S3_KEYS, startS3Server, type S3Server } from '../../../test/support/s3-server.js';
import { resolveS3Options } from './asset-s3.options.js';
import { createS3Client } from './s3-client.js';
import { S3Storage } from './s3-storage.js';

const MIB = 1024 ** 2;
const PART = 5 * MIB;

let server: S3Server;
let client: ReturnType<typeof createS3Client>;

beforeAll(async () => {
  server = await startS3Server();
  const { url: endpoint, bucket } = server;
  const options = { bucket, endpoint, forcePathStyle: true, credentials: S3_KEYS };
  client = createS3Client(resolveS3Options(options));
});
beforeEach(() => {
  server.clear();
});
afterAll(async () => {
  client.destroy();
  await server.close();
});

async function objects(): Promise<readonly (string | undefined)[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: server.bucket }));
  return Contents.map(({ Key }) => Key);
}

const storageIn = (bucket = server.bucket): S3Storage =>
  new S3Storage(client, { bucket, prefix: 'kept/', partBytes: PART });

describeAssetSink({
  name: 's3',
  create: () => storageIn(),
  count: async () => (await objects()).length + server.unfinished.size,
});

describe('S3Storage with contents of several parts', () => {
  const content = randomBytes(11 * MIB + 3);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const write = (changes: Partial<SinkWrite> = {}): Promise<StoredContent> =>
    storageIn().write({
      copyId: 'gen_1/0',
      contentType: 'video/mp4',
      bytes: content.length,
      content: pieces(content),
      signal: new AbortController().signal,
      ...changes,
    });
  const read = async (key: string, start: number, end: number): Promise<Buffer> => {
    const body = await storageIn().open(key, { start, end });
    if (body === null) throw new Error('There is nothing.');
    return buffer(body);
  };
  const sentParts = (): number => server.requests.filter((line) => line.includes('partNumber')).length;

  it.each([null, content.length])('gives back what it took of %j bytes, and parts of it', async (bytes) => {
    const stored = await write({ bytes });
    expect(stored).toEqual({ key: 'kept/gen_1/0', bytes: content.length, sha256 });
    expect(sentParts()).toBe(3);
    const whole = await storageIn().open(stored.key);
    expect(whole === null ? null : hashOf(await buffer(whole))).toBe(sha256);
    for (const [start, end] of [
      [0, 0],
      [PART - 1, PART],
      [2 * PART, content.length - 1],
    ] as const)
      expect(hashOf(await read(stored.key, start, end))).toBe(hashOf(content.subarray(start, end + 1)));
    expect([await objects(), server.unfinished.size]).toEqual([['kept/gen_1/0'], 0]);
  });

  it.each([1, 2])('takes a content of %i whole parts', async (parts) => {
    const cut = content.subarray(0, parts * PART);
    const stored = await write({ bytes: null, content: pieces(cut) });
    expect(stored).toMatchObject({ bytes: cut.length, sha256: hashOf(cut) });
    expect(await storageIn().stat(stored.key)).toEqual({ bytes: cut.length });
    expect(sentParts()).toBe(parts);
  });

  it('sends again what broke on its way', async () => {
    server.fail(/^POST .*uploads/, 'reset');
    server.fail(/^PUT .*partNumber/, 'reset', 2);
    server.fail(/^PUT .*partNumber/, 'cut');
    server.fail(/^HEAD/, 'reset');
    expect(await write()).toMatchObject({ sha256 });
    expect(await storageIn().stat('kept/gen_1/0')).toEqual({ bytes: content.length });
    expect(sentParts()).toBeGreaterThan(3);
    expect(hashOf(await read('kept/gen_1/0', 0, content.length - 1))).toBe(sha256);
  });

  it('leaves nothing where the server breaks for good', async () => {
    server.fail(/^PUT .*partNumber/, 'reset', 4);
    await expect(write()).rejects.toThrow();
    expect([await objects(), server.unfinished.size]).toEqual([[], 0]);
  });

  it('leaves nothing of a content that breaks after its first part', async () => {
    await expect(write({ content: breaking(content) })).rejects.toThrow('the upstream hung up');
    expect(sentParts()).toBe(2);
    expect([await objects(), server.unfinished.size]).toEqual([[], 0]);
  });

  it('leaves nothing when it is aborted while the server takes a part and does not answer', async () => {
    const stop = new AbortController();
    server.fail(/^PUT .*partNumber/, 'hang');
    const waiting = write({ signal: stop.signal });
    const refused = expect(waiting).rejects.toThrow();
    await expect.poll(() => sentParts()).toBe(1);
    stop.abort(new Error('the process ends'));
    await refused;
    expect([await objects(), server.unfinished.size]).toEqual([[], 0]);
  });

  it('keeps what is stored while its copy is repeated, and when that fails', async () => {
    await write();
    await expect(write({ content: breaking(randomBytes(11 * MIB)) })).rejects.toThrow('the upstream hung up');
    expect(hashOf(await read('kept/gen_1/0', 0, content.length - 1))).toBe(sha256);
    expect(server.unfinished.size).toBe(0);
  });

  it('removes uploads that nobody ends, and neither those under way nor what is stored', async () => {
    const storage = storageIn();
    await write();
    const left = new CreateMultipartUploadCommand({ Bucket: server.bucket, Key: 'kept/gen_2/0' });
    await client.send(left);
    let tidied: number | undefined;
    const slowly = async function* (): AsyncGenerator<Uint8Array> {
      yield* pieces(content.subarray(0, 6 * MIB));
      tidied = await storage.tidy();
      yield* pieces(content.subarray(6 * MIB));
    };
    const other = { copyId: 'gen_3/0', contentType: 'video/mp4', bytes: content.length };
    const stored = await storage.write({ ...other, content: slowly(), signal: new AbortController().signal });
    expect([tidied, stored.sha256, server.unfinished.size]).toEqual([1, sha256, 0]);
    expect(stored.key).toBe(storage.keyOf('gen_3/0'));
    expect(await objects()).toEqual(['kept/gen_1/0', 'kept/gen_3/0']);
    expect(await storage.tidy()).toBe(0);
  });

  it('waits for an upload that is being begun before it removes others', async () => {
    const storage = storageIn();
    const stop = new AbortController();
    await client.send(new CreateMultipartUploadCommand({ Bucket: server.bucket, Key: 'kept/gen_2/0' }));
    server.fail(/^POST .*uploads/, 'hang');
    const hanging = storage.write({
      copyId: 'gen_1/0',
      contentType: 'video/mp4',
      bytes: null,
      content: pieces(content),
      signal: stop.signal,
    });
    const refused = expect(hanging).rejects.toThrow();
    await expect.poll(() => server.requests.filter((line) => /^POST .*uploads/.test(line)).length).toBe(2);
    const tidied = storage.tidy();
    await expect.poll(() => server.requests.some((line) => /^GET .*uploads/.test(line))).toBe(true);
    expect(server.unfinished.size).toBe(1);
    stop.abort();
    await refused;
    expect([await tidied, server.unfinished.size]).toEqual([1, 0]);
  });

  it('ends a read that breaks with an error, instead of calling it complete', async () => {
    const { key } = await write();
    server.fail(/^GET /, 'cut');
    await expect(read(key, 0, content.length - 1)).rejects.toThrow();
  });

  it('takes a bucket that is gone for trouble, and not for a loss', async () => {
    const elsewhere = storageIn('elsewhere');
    await expect(elsewhere.stat('kept/gen_1/0')).rejects.toThrow();
    await expect(elsewhere.open('kept/gen_1/0')).rejects.toThrow();
  });
});

const hashOf = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

async function* pieces(content: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += 100_000) {
    await Promise.resolve();
    yield content.subarray(at, at + 100_000);
  }
}

async function* breaking(content: Buffer): AsyncGenerator<Uint8Array> {
  yield* pieces(content);
  throw new Error('the upstream hung up');
}
