import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ApiClient } from '../support/api-client.js';
import { openStage, QUICK, type Stage } from '../support/stage.js';

const SAMPLE = new URL('../../tools/upstream-simulator/media/sample.mp4', import.meta.url);

describe('the assets of a generation', () => {
  let on: Stage;
  let api: ApiClient;
  let url: string;
  let sample: Buffer;
  const fetchAsset = (headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
    fetch(url, { method, headers: { authorization: `Bearer ${api.key}`, ...headers } });

  beforeAll(async () => {
    on = await openStage({ credentials: [{ secret: 'sk-one' }], behaviour: QUICK });
    api = new ApiClient(on.api.url, await on.api.addKey('assets', ['generate', 'read']));
    sample = await readFile(SAMPLE);
    const { id } = await api.end((await api.generate('with files')).id);
    const { body } = await api.request('GET', `/v1/generations/${id}`);
    const assets = body['assets'] as readonly {
      index: number;
      url: string;
      contentType: string;
    }[];
    expect(assets.map(({ contentType }) => contentType)).toEqual(['video/mp4', 'image/webp', 'image/jpeg']);
    expect(assets.map(({ index }) => index)).toEqual([0, 1, 2]);
    url = String(assets[0]?.url);
  });

  afterAll(() => on.close());

  it('are served whole at the URL that the generation tells', async () => {
    const answer = await fetchAsset();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'video/mp4']);
    expect(answer.headers.get('accept-ranges')).toBe('bytes');
    expect(sha256(await answer.arrayBuffer())).toBe(sha256(sample));
  });

  it('are served in parts', async () => {
    const size = sample.length;
    const last = size - 1;
    for (const [range, from, to] of [
      ['bytes=0-99', 0, 99],
      [`bytes=${String(size - 50)}-`, size - 50, last],
      ['bytes=-10', size - 10, last],
      ['bytes=5-999999999', 5, last],
    ] as const) {
      const answer = await fetchAsset({ range });
      expect([range, answer.status]).toEqual([range, 206]);
      expect(answer.headers.get('content-range')).toBe(`bytes ${String(from)}-${String(to)}/${String(size)}`);
      expect(sha256(await answer.arrayBuffer())).toBe(sha256(sample.subarray(from, to + 1)));
    }
    const beyond = await fetchAsset({ range: 'bytes=999999999-' });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${String(size)}`]);
  });

  it('are served whole when they are not what If-Range means', async () => {
    const etag = String((await fetchAsset()).headers.get('etag'));
    expect((await fetchAsset({ range: 'bytes=0-9', 'if-range': etag })).status).toBe(206);
    const changed = await fetchAsset({ range: 'bytes=0-9', 'if-range': '"another"' });
    expect([changed.status, (await changed.arrayBuffer()).byteLength]).toEqual([200, sample.length]);
  });

  it('tell HEAD how large they are, without a body', async () => {
    const answer = await fetchAsset({}, 'HEAD');
    expect([answer.status, answer.headers.get('content-length')]).toEqual([200, String(sample.length)]);
    expect((await answer.arrayBuffer()).byteLength).toBe(0);
  });

  it('that do not exist are 404, before the end 409', async () => {
    const base = url.slice(on.api.url.length, -1);
    expect((await api.request('GET', `${base}3`)).body['error']['code']).toBe('asset_not_found');
    expect((await api.request('GET', `${base}x`)).status).toBe(400);
    expect((await api.request('GET', `${base}-1`)).status).toBe(400);
    const { id } = await api.generate('not yet');
    const early = await api.request('GET', `/v1/generations/${id}/assets/0`);
    expect([early.status, early.body['error']['code']]).toEqual([409, 'not_completed']);
  });
});

const sha256 = (content: ArrayBuffer | Buffer): string =>
  createHash('sha256')
    .update(Buffer.from(content as Buffer))
    .digest('hex');
