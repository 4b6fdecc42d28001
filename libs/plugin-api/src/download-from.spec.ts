import { buffer } from 'node:stream/consumers';

import { createTestContext, ScriptedUpstream } from 'penstock/plugin-api/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { downloadFrom } from './download-from.js';

describe('downloadFrom', () => {
  let files: ScriptedUpstream;
  beforeAll(async () => {
    files = await ScriptedUpstream.start();
  });
  afterEach(() => {
    files.reset();
  });
  afterAll(() => files.close());
  const fetchFrom = (url: string, range: string | null = null, ifRange: string | null = null) => {
    const context = createTestContext({ baseUrl: 'http://api.test/v1', secret: 'sk-1' });
    return downloadFrom(url, { asset: 'video', range, ifRange }, context);
  };

  it('asks for the URL with its query, and for nothing else', async () => {
    files.on('GET /a%20b/out.mp4', { bytes: Buffer.from('mp4'), headers: { etag: '"e"' } });
    const { status, etag, contentLength, body } = await fetchFrom(
      `${files.base}/a%20b/out.mp4?sig=a%2Bb%3D&e=1`,
    );
    expect([status, etag, contentLength]).toEqual([200, '"e"', 3]);
    expect(String(await buffer(body))).toBe('mp4');
    const [request] = files.requests;
    expect(Object.fromEntries(request?.query ?? [])).toEqual({ sig: 'a+b=', e: '1' });
    expect(request?.headers['authorization']).toBeUndefined();
    expect(request?.headers['range']).toBeUndefined();
  });

  it('passes on which part is wanted', async () => {
    files.on('GET /f', { status: 206, headers: { 'content-range': 'bytes 1-1/3' }, text: 'p' });
    const { status, contentRange, body } = await fetchFrom(`${files.base}/f`, 'bytes=1-1', '"e"');
    body.destroy();
    expect([status, contentRange]).toEqual([206, 'bytes 1-1/3']);
    expect(files.requests[0]?.headers).toMatchObject({ range: 'bytes=1-1', 'if-range': '"e"' });
  });

  it.each(['file:///etc/passwd', 'ftp://f.test/x', 'data:text/plain,x', 'no url', ''])(
    'does not follow %j',
    async (url) => {
      await expect(fetchFrom(url)).rejects.toMatchObject({ code: 'ambiguous' });
    },
  );

  it('takes a refusal there as no word on the token', async () => {
    files.on('GET /f', { status: 403, text: 'Request has expired' });
    await expect(fetchFrom(`${files.base}/f`)).rejects.toMatchObject({ code: 'invalid_request' });
    files.on('GET /f', { status: 429, text: '' });
    await expect(fetchFrom(`${files.base}/f`)).rejects.toMatchObject({ code: 'transient' });
    files.on('GET /f', { status: 403, headers: { 'cf-mitigated': 'challenge' }, text: '<html>' });
    await expect(fetchFrom(`${files.base}/f`)).rejects.toMatchObject({ code: 'edge_challenge' });
  });
});
