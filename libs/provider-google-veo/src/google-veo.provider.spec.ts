import type { JobReference, SubmitRequest } from 'penstock/plugin-api';
import { createTestContext, ScriptedUpstream } from 'penstock/plugin-api/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { classifyFailure } from './classify-failure.js';
import { DONE, FILTERED, quotaFailure, refusal, RETRY_INFO, STARTED } from './documented.fixture.js';
import { GoogleVeoProvider } from './google-veo.provider.js';
import { readOperation, toSnapshot } from './operation.js';

const model = 'veo-3.1-generate-preview';
const request: SubmitRequest = {
  kind: 'video',
  model,
  prompt: 'a cat',
  parameters: {},
  inputReference: null,
  attemptId: 'attempt-1',
};

describe('GoogleVeoProvider', () => {
  const provider = new GoogleVeoProvider();
  let upstream: ScriptedUpstream;
  beforeAll(async () => {
    upstream = await ScriptedUpstream.start();
  });
  afterEach(() => {
    upstream.reset();
  });
  afterAll(() => upstream.close());
  const context = () => createTestContext({ baseUrl: upstream.base, secret: 'key-1' });
  const sent = async (changes: Partial<SubmitRequest>) => {
    upstream.on(`POST /models/${model}:predictLongRunning`, { json: STARTED });
    await provider.submit({ ...request, ...changes }, context());
    return upstream.requests[0];
  };

  it('sends the prompt, with the key in its header', async () => {
    const submitted = await sent({});
    expect(submitted?.headers['x-goog-api-key']).toBe('key-1');
    expect(submitted?.json()).toEqual({ instances: [{ prompt: 'a cat' }], parameters: {} });
  });

  it('sends each parameter by the name and type of the upstream', async () => {
    const parameters = { seconds: '6', size: '1080x1920', negative_prompt: 'dogs', seed: '7' };
    const submitted = await sent({ parameters: { ...parameters, person_generation: 'allow_adult' } });
    expect(submitted?.json()).toMatchObject({
      parameters: {
        durationSeconds: 6,
        resolution: '1080p',
        aspectRatio: '9:16',
        negativePrompt: 'dogs',
        seed: 7,
        personGeneration: 'allow_adult',
      },
    });
  });

  it('sends an image by its content, and refuses a URL', async () => {
    const open = () => Promise.resolve(new Blob(['png']));
    const file = { type: 'file', filename: 'a.png', contentType: 'image/png', bytes: 3, open } as const;
    expect((await sent({ inputReference: file }))?.json()).toMatchObject({
      instances: [{ prompt: 'a cat', image: { bytesBase64Encoded: 'cG5n', mimeType: 'image/png' } }],
    });
    upstream.reset();
    const url = { type: 'url', url: 'https://img.test/a.png' } as const;
    await expect(sent({ inputReference: url })).rejects.toMatchObject({ code: 'invalid_request' });
    expect(upstream.requests).toEqual([]);
  });

  it('sends the key for a file to the API only, wherever the URI points', async () => {
    const elsewhere = await ScriptedUpstream.start();
    const at = (uri: string) => ({
      ...DONE,
      response: { generateVideoResponse: { generatedSamples: [{ video: { uri } }] } },
    });
    const job: JobReference = { jobId: STARTED.name, kind: 'video', model };
    const asset = { asset: 'video', range: null, ifRange: null };
    const bytes = { bytes: Buffer.from('mp4') };
    upstream.on('GET /files/f1:download', bytes);
    elsewhere.on('GET /bucket/out.mp4', bytes);
    for (const path of ['/v1beta/files/f1:download?alt=media', '/bucket/out.mp4?sig=1']) {
      upstream.on(`GET /models/${model}/operations/:id`, { json: at(elsewhere.base + path) });
      (await provider.download(job, asset, context())).body.destroy();
    }
    const [file] = upstream.received('GET /files/f1:download');
    expect([file?.headers['x-goog-api-key'], file?.query.get('alt')]).toEqual(['key-1', 'media']);
    expect(elsewhere.requests.map(({ path, headers }) => [path, headers['x-goog-api-key']])).toEqual([
      ['/bucket/out.mp4', undefined],
    ]);
    await elsewhere.close();
  });
});

it('tells a video that was filtered from one that failed', () => {
  const reason = 'We encountered an issue with the audio for your prompt. You have not been charged.';
  expect(toSnapshot(readOperation(FILTERED)).error).toEqual({ code: 'content_policy', message: reason });
  const response = { generateVideoResponse: { raiMediaFilteredCount: 1 } };
  expect(toSnapshot(readOperation({ ...FILTERED, response })).error?.code).toBe('content_policy');
});

describe('a refusal', () => {
  const classified = (...details: readonly Record<string, unknown>[]) => {
    const { status, json } = refusal(429, 'RESOURCE_EXHAUSTED', ...details);
    return classifyFailure({ status, headers: {}, body: json });
  };

  it('of a minute waits as RetryInfo says', () => {
    expect(classified(quotaFailure('PredictLongRunningRequestsPerMinutePerProject'), RETRY_INFO)).toEqual({
      kind: 'rate_limited',
      retryAfterMs: 36_500,
    });
  });

  it('of a day, or of a plan that has nothing, is a quota', () => {
    const quota = { kind: 'quota_exhausted', resetsAt: null };
    expect(classified(quotaFailure('PredictLongRunningRequestsPerDayPerProject'), RETRY_INFO)).toEqual(quota);
    expect(classified(quotaFailure('PredictLongRunningRequestsPerMinute', '0'))).toEqual(quota);
  });

  it('without details is left to its headers', () => {
    expect(classified()).toBeUndefined();
  });
});
