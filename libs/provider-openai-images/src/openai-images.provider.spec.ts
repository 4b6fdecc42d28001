import type { SubmitRequest } from 'penstock/plugin-api';
import { createTestContext, ScriptedUpstream } from 'penstock/plugin-api/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { IMAGES, refusal } from './documented.fixture.js';
import { OpenAiImagesProvider } from './openai-images.provider.js';

const ROUTE = 'POST /images/generations';
const request: SubmitRequest = {
  kind: 'image',
  model: 'gpt-image-2',
  prompt: 'a cat',
  parameters: {},
  inputReference: null,
  attemptId: 'attempt-1',
};

describe('OpenAiImagesProvider', () => {
  const provider = new OpenAiImagesProvider();
  let upstream: ScriptedUpstream;
  beforeAll(async () => {
    upstream = await ScriptedUpstream.start();
  });
  afterEach(() => {
    upstream.reset();
  });
  afterAll(() => upstream.close());
  const submit = (changes: Partial<SubmitRequest> = {}) =>
    provider.submit(
      { ...request, ...changes },
      createTestContext({ baseUrl: upstream.base, secret: 'sk-1' }),
    );

  it('asks for one image, and gives it with the end of the job', async () => {
    upstream.on(ROUTE, { json: IMAGES });
    const { jobId, snapshot, content = [] } = await submit();
    expect([upstream.requests[0]?.json(), upstream.requests[0]?.headers['authorization']]).toEqual([
      { model: 'gpt-image-2', prompt: 'a cat', n: 1 },
      'Bearer sk-1',
    ]);
    const [image] = content;
    expect(snapshot).toMatchObject({
      status: 'completed',
      assets: [{ name: 'image', contentType: 'image/png', bytes: image?.byteLength }],
    });
    expect([jobId, Buffer.from(image ?? []).toString('base64')]).toEqual([
      'attempt-1',
      IMAGES.data[0]?.b64_json,
    ]);
  });

  it('sends each parameter as the upstream has it, and reads the format from the answer or the request', async () => {
    const parameters = { size: '1536x1024', quality: 'low', output_format: 'webp', output_compression: '80' };
    const silent = { ...IMAGES, output_format: null };
    upstream.on(ROUTE, { json: silent }, { json: { ...IMAGES, output_format: 'jpeg' } });
    const types: (string | undefined)[] = [];
    for (let time = 0; time < 2; time += 1) {
      types.push((await submit({ parameters })).snapshot.assets[0]?.contentType);
    }
    expect(upstream.requests[0]?.json()).toMatchObject({ ...parameters, output_compression: 80 });
    expect(types).toEqual(['image/webp', 'image/jpeg']);
  });

  it('takes an image of many megabytes', async () => {
    const large = Buffer.alloc(12 * 1024 * 1024, 1);
    upstream.on(ROUTE, { json: { ...IMAGES, data: [{ b64_json: large.toString('base64') }] } });
    expect((await submit()).content?.map(({ byteLength }) => byteLength)).toEqual([large.length]);
  });

  it('does not know what came of an answer without an image', async () => {
    for (const data of [[], [{ url: 'https://img.test/1.png' }], [{ b64_json: 'no base64!' }]]) {
      upstream.on(ROUTE, { json: { created: 1, data } });
      await expect(submit()).rejects.toMatchObject({ code: 'ambiguous' });
    }
  });

  it('names the field that is refused, and sends no image along', async () => {
    upstream.on(ROUTE, refusal(400, 'invalid_request_error', 'invalid_value', 'size'));
    await expect(submit()).rejects.toMatchObject({ failure: { kind: 'invalid_request', param: 'size' } });
    upstream.reset();
    const inputReference = { type: 'url', url: 'https://img.test/a.png' } as const;
    await expect(submit({ inputReference })).rejects.toMatchObject({ code: 'invalid_request' });
    expect(upstream.requests).toEqual([]);
  });
});
