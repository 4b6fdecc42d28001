import { readFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ApiClient } from '../support/api-client.js';
import { openStage, QUICK, type Stage } from '../support/stage.js';

const SAMPLE = new URL('../../tools/upstream-simulator/media/sample.mp4', import.meta.url);

describe('a signed link to a file', () => {
  let on: Stage;
  let api: ApiClient;
  let id: string;
  let sample: Buffer;

  const make = (body?: unknown, index = '0') =>
    api.request('POST', `/v1/generations/${id}/assets/${index}/link`, body);
  const link = async (body?: unknown): Promise<string> => String((await make(body)).body['url']);
  const codeOf = async (url: string): Promise<readonly [number, string]> => {
    const answer = await fetch(url);
    const body = (await answer.json()) as { readonly error: { readonly code: string } };
    return [answer.status, body.error.code];
  };

  beforeAll(async () => {
    on = await openStage({ credentials: [{ secret: 'sk-one' }], behaviour: QUICK });
    api = new ApiClient(on.api.url, await on.api.addKey('links', ['generate', 'read']));
    sample = await readFile(SAMPLE);
    id = (await api.end((await api.generate('linked')).id)).id;
  });
  afterAll(() => on.close());

  it('serves the file without a key, whole, in parts and to HEAD', async () => {
    const { status, body } = await make();
    expect(status).toBe(200);
    const url = String(body['url']);
    expect(url).toContain(`${on.api.url}/links/${id}/0?`);
    const left = Date.parse(String(body['expiresAt'])) - Date.now();
    expect(left).toBeGreaterThan(86_390_000);
    expect(left).toBeLessThan(86_401_000);
    const whole = await fetch(url);
    expect([whole.status, whole.headers.get('content-type')]).toEqual([200, 'video/mp4']);
    expect(whole.headers.get('content-security-policy')).toBe('sandbox');
    expect(Buffer.from(await whole.arrayBuffer())).toEqual(sample);
    const part = await fetch(url, { headers: { range: 'bytes=10-19' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([
      206,
      `bytes 10-19/${String(sample.length)}`,
    ]);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(sample.subarray(10, 20));
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(sample.length)]);
    expect((await head.arrayBuffer()).byteLength).toBe(0);
  });

  it('opens nothing when it is forged or its time is over', async () => {
    const url = new URL(await link({ expiresIn: 1 }));
    const forged = new URL(url);
    forged.searchParams.set('expires', String(Number(url.searchParams.get('expires')) + 3_600));
    expect(await codeOf(String(forged))).toEqual([403, 'link_not_genuine']);
    expect(await codeOf(String(url).replace('/0?', '/1?'))).toEqual([403, 'link_not_genuine']);
    expect(await codeOf(`${on.api.url}/links/${id}/0`)).toEqual([403, 'link_not_genuine']);
    await expect.poll(() => codeOf(String(url)), { timeout: 5_000 }).toEqual([410, 'link_expired']);
  });

  it('counts as long as is asked for, within bounds', async () => {
    const { body } = await make({ expiresIn: 60 });
    expect(Date.parse(String(body['expiresAt'])) - Date.now()).toBeLessThanOrEqual(61_000);
    for (const wrong of [
      { expiresIn: 0 },
      { expiresIn: 2_592_001 },
      { expiresIn: 1.5 },
      { expiresIn: '60' },
    ]) {
      const refused = await make(wrong);
      expect([refused.status, refused.body['error']['param']]).toEqual([400, 'expiresIn']);
    }
    expect((await make({ lifetime: 60 })).body['error']['code']).toBe('unknown_parameter');
    expect((await make({}, '9')).body['error']['code']).toBe('asset_not_found');
    expect((await make({}, 'x')).status).toBe(400);
  });

  it('is told only for files that there are', async () => {
    const { id: early } = await api.generate('not yet');
    const answer = await api.request('POST', `/v1/generations/${early}/assets/0/link`);
    expect([answer.status, answer.body['error']['code']]).toEqual([409, 'not_completed']);
  });

  it('leaves no signature in the log', async () => {
    const url = new URL(await link());
    expect((await fetch(url)).status).toBe(200);
    await fetch(String(url).replace('/0?', '/1?'));
    expect(on.gateway().output()).not.toContain(String(url.searchParams.get('signature')));
    const { body } = await on.api.request('GET', '/admin/requests?failed=true&limit=100');
    expect(JSON.stringify(body)).not.toContain(String(url.searchParams.get('signature')));
    expect(JSON.stringify(body)).toContain('link_not_genuine');
  });

  it('outlives a restart, and ends with the generation', async () => {
    const url = await link();
    await on.restart('SIGTERM');
    expect((await fetch(url)).status).toBe(200);
    expect((await api.request('DELETE', `/v1/generations/${id}`)).status).toBe(204);
    expect(await codeOf(url)).toEqual([404, 'generation_not_found']);
  });
});
