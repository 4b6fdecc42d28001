import type { SubmitRequest } from 'penstock/plugin-api';
import { createTestContext, ScriptedUpstream } from 'penstock/plugin-api/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { COMPLETED, IMAGES, IN_QUEUE, SUBMITTED, VIDEO, VIOLATION } from './documented.fixture.js';
import { resolveFalOptions } from './fal.options.js';
import { FalProvider } from './fal.provider.js';
import { completed, failed, readStatus, stateOf } from './queue.js';

const request: SubmitRequest = {
  kind: 'video',
  model: 'fal-ai/veo3',
  prompt: 'a cat',
  parameters: {},
  inputReference: null,
  attemptId: 'attempt-1',
};

describe('FalProvider', () => {
  const provider = new FalProvider();
  let upstream: ScriptedUpstream;
  beforeAll(async () => {
    upstream = await ScriptedUpstream.start();
  });
  afterEach(() => {
    upstream.reset();
  });
  afterAll(() => upstream.close());
  const context = () => createTestContext({ baseUrl: upstream.base, secret: 'key-1:part-2' });

  it('sends the input as fal writes it, with its own scheme', async () => {
    upstream.on('POST /fal-ai/veo3', { json: SUBMITTED });
    const parameters = { seconds: '6', size: '1080x1920', generate_audio: 'false', seed: '7' };
    const job = await provider.submit({ ...request, parameters }, context());
    expect(job).toMatchObject({ jobId: SUBMITTED.request_id, snapshot: { status: 'queued' } });
    expect(upstream.requests[0]?.headers['authorization']).toBe('Key key-1:part-2');
    expect(upstream.requests[0]?.json()).toEqual({
      prompt: 'a cat',
      duration: '6s',
      resolution: '1080p',
      aspect_ratio: '9:16',
      generate_audio: false,
      seed: 7,
    });
  });

  it('asks to be called back where the queue takes that', async () => {
    upstream.on('POST /fal-ai/veo3', { json: SUBMITTED });
    const callbackUrl = 'https://penstock.test/hooks/fal/s3cret';
    await provider.submit({ ...request, callbackUrl }, context());
    expect(upstream.requests[0]?.query.get('fal_webhook')).toBe(callbackUrl);
    expect(upstream.requests[0]?.json()).toEqual({ prompt: 'a cat' });
  });

  it('leaves out the path of a model where its requests are kept', async () => {
    upstream.on('GET /fal-ai/flux/requests/:id/status', { json: COMPLETED });
    upstream.on('GET /fal-ai/flux/requests/:id', { json: IMAGES });
    const job = { jobId: 'a/b', kind: 'image', model: 'fal-ai/flux/dev' };
    expect(await provider.poll(job, context())).toMatchObject({ status: 'completed', progress: 100 });
    expect(upstream.requests.map(({ path }) => path)).toEqual([
      '/fal-ai/flux/requests/a%2Fb/status',
      '/fal-ai/flux/requests/a%2Fb',
    ]);
  });

  it('takes a refused result for the end of the request, and asks for none before', async () => {
    const job = { jobId: SUBMITTED.request_id, kind: 'video', model: 'fal-ai/veo3' };
    upstream.on('GET /fal-ai/veo3/requests/:id/status', { status: 202, json: IN_QUEUE });
    expect(await provider.poll(job, context())).toMatchObject({ status: 'queued' });
    expect(upstream.requests).toHaveLength(1);
    upstream.reset();
    upstream.on('GET /fal-ai/veo3/requests/:id/status', { json: COMPLETED });
    upstream.on('GET /fal-ai/veo3/requests/:id', { status: 422, json: VIOLATION });
    expect(await provider.poll(job, context())).toMatchObject({
      status: 'failed',
      error: { code: 'content_policy', message: expect.stringContaining('flagged') as string },
    });
  });
});

it('reads videos and images, and no result without a file', () => {
  expect(completed(VIDEO, 'video').assets).toHaveLength(1);
  expect(completed(IMAGES, 'image').assets).toHaveLength(1);
  expect(() => completed({ video: { url: 'file:///etc/passwd' } }, 'video')).toThrow('no file');
  expect(failed({ detail: 'Internal error' }).error).toEqual({
    code: 'generation_failed',
    message: 'Internal error',
  });
});

it('takes a status that it does not know for no end', () => {
  expect(() => stateOf(readStatus({ status: 'PAUSED' }))).toThrow('no status that is known');
});

it('refuses models without an owner', () => {
  const [model] = resolveFalOptions().models;
  if (model === undefined) return expect.fail('There are models.');
  expect(() => resolveFalOptions({ models: [{ ...model, id: 'veo3' }] })).toThrow('path, got "veo3"');
});
