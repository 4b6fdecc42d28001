import type { SubmitRequest } from 'penstock/plugin-api';
import { createTestContext, ScriptedUpstream } from 'penstock/plugin-api/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { COMPLETED, QUEUED } from './documented.fixture.js';
import { LumaProvider } from './luma.provider.js';

const request: SubmitRequest = {
  kind: 'video',
  model: 'ray-2',
  prompt: 'a cat',
  parameters: {},
  inputReference: null,
  attemptId: 'attempt-1',
};

describe('LumaProvider', () => {
  const provider = new LumaProvider();
  let upstream: ScriptedUpstream;
  beforeAll(async () => {
    upstream = await ScriptedUpstream.start();
  });
  afterEach(() => {
    upstream.reset();
  });
  afterAll(() => upstream.close());
  const context = () => createTestContext({ baseUrl: upstream.base, secret: 'luma-1' });
  const sent = async (changes: Partial<SubmitRequest>) => {
    upstream.on('POST /generations/video', { status: 201, json: QUEUED });
    await provider.submit({ ...request, ...changes }, context());
    return upstream.requests[0]?.json();
  };

  it('sends the fields by their names, and the length as Luma writes it', async () => {
    expect(await sent({})).toEqual({ model: 'ray-2', prompt: 'a cat', duration: '5s' });
    expect(upstream.requests[0]?.headers['authorization']).toBe('Bearer luma-1');
  });

  it('turns a size into resolution and ratio, which a request may name itself', async () => {
    expect(await sent({ parameters: { size: '1080x1920', seconds: '9', loop: 'true' } })).toEqual({
      model: 'ray-2',
      prompt: 'a cat',
      duration: '9s',
      loop: true,
      resolution: '1080p',
      aspect_ratio: '9:16',
    });
    upstream.reset();
    const named = await sent({ parameters: { resolution: '540p', aspect_ratio: '1:1' } });
    expect(named).toMatchObject({ resolution: '540p', aspect_ratio: '1:1' });
  });

  it('asks to be called back, and takes only ends for ends', async () => {
    const callbackUrl = 'https://penstock.test/hooks/luma/s3cret';
    expect(await sent({ callbackUrl })).toMatchObject({ callback_url: callbackUrl });
    const told = async (state: string) => {
      const rawBody = Buffer.from(JSON.stringify({ ...QUEUED, state }));
      return (await provider.parseWebhook({ headers: {}, rawBody }))?.ended;
    };
    const states = ['queued', 'dreaming', 'completed', 'failed', 'another'];
    expect(await Promise.all(states.map(told))).toEqual([false, false, true, true, false]);
  });

  it('begins with an image by its URL, and refuses a file', async () => {
    const url = 'https://img.test/a.png';
    expect(await sent({ inputReference: { type: 'url', url } })).toMatchObject({
      keyframes: { frame0: { type: 'image', url } },
    });
    upstream.reset();
    const open = () => Promise.resolve(new Blob(['png']));
    const file = { type: 'file', filename: 'a.png', contentType: 'image/png', bytes: 3, open } as const;
    await expect(sent({ inputReference: file })).rejects.toMatchObject({ code: 'invalid_request' });
    expect(upstream.requests).toEqual([]);
  });

  it('reads page after page until it has seen all', async () => {
    const page = (json: object, more: boolean) => ({ json: { generations: [{ ...json }], has_more: more } });
    upstream.on('GET /generations', page({ ...QUEUED, id: 'other' }, true), page(COMPLETED, true));
    const seen = await provider.pollMany([{ jobId: COMPLETED.id, kind: 'video', model: 'ray-2' }], context());
    expect([...seen.keys()]).toEqual([COMPLETED.id]);
    expect(upstream.requests.map(({ query }) => query.get('offset'))).toEqual(['0', '100']);
  });
});
