import { Readable } from 'node:stream';

import fastify, { type FastifyInstance } from 'fastify';
import type { Download } from 'penstock/plugin-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { sendDownload } from './send-download.js';

const DOWNLOAD: Omit<Download, 'body'> = {
  status: 200,
  contentType: 'video/mp4',
  contentLength: 5,
  contentRange: null,
  etag: '"1"',
  lastModified: 'Mon, 02 Mar 2026 10:00:00 GMT',
};

describe('sendDownload', () => {
  let server: FastifyInstance;
  let open: Parameters<typeof sendDownload>[2];

  beforeEach(() => {
    server = fastify({ forceCloseConnections: true });
    server.get('/', (request, reply) => sendDownload(request, reply, open));
  });
  afterEach(() => server.close());

  it('streams the bytes with what is known of them', async () => {
    open = async () => ({ ...DOWNLOAD, body: Readable.from(['he', 'llo']) });
    const answer = await server.inject('/');
    expect([answer.statusCode, answer.body]).toEqual([200, 'hello']);
    expect(answer.headers).toMatchObject({
      'content-type': 'video/mp4',
      'content-length': '5',
      etag: '"1"',
      'last-modified': 'Mon, 02 Mar 2026 10:00:00 GMT',
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(answer.headers).not.toHaveProperty('content-range');
  });

  it('passes on the range that is asked for, and the one that comes', async () => {
    const asked: unknown[] = [];
    open = async ({ range, ifRange }) => {
      asked.push([range, ifRange]);
      const part = { status: 206, contentLength: 2, contentRange: 'bytes 1-2/5', etag: null };
      return { ...DOWNLOAD, ...part, body: Readable.from(['el']) };
    };
    const answer = await server.inject({ url: '/', headers: { range: 'bytes=1-2', 'if-range': '"1"' } });
    expect([answer.statusCode, answer.body, answer.headers['content-range']]).toEqual([
      206,
      'el',
      'bytes 1-2/5',
    ]);
    await server.inject('/');
    expect(asked).toEqual([
      ['bytes=1-2', '"1"'],
      [null, null],
    ]);
  });

  it('answers with the error of what cannot be opened', async () => {
    open = async () => Promise.reject(Object.assign(new Error('no such asset'), { statusCode: 404 }));
    const answer = await server.inject('/');
    expect([answer.statusCode, answer.json<{ message: string }>().message]).toEqual([404, 'no such asset']);
  });

  it('ends when the client goes away', async () => {
    const body = new Readable({ read: () => undefined });
    let signal: AbortSignal | undefined;
    open = async (conditions) => {
      signal = conditions.signal;
      body.push('some bytes');
      return { ...DOWNLOAD, contentLength: null, body };
    };
    const gone = new AbortController();
    const answer = await fetch(await server.listen(), { signal: gone.signal });
    expect(answer.status).toBe(200);
    gone.abort();
    await expect.poll(() => [signal?.aborted, body.destroyed]).toEqual([true, true]);
  });

  it('cuts the connection when the upstream breaks off, instead of calling it complete', async () => {
    open = async () => {
      const body = new Readable({ read: () => undefined });
      body.push('he');
      setImmediate(() => body.destroy(new Error('the upstream hung up')));
      return { ...DOWNLOAD, contentLength: null, body };
    };
    const url = await server.listen();
    await expect(fetch(url).then((answer) => answer.text())).rejects.toThrow();
  });
});
