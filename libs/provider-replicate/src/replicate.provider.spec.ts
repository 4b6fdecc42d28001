import type { SubmitRequest } from 'penstock/plugin-api';
import { createTestContext, ScriptedUpstream } from 'penstock/plugin-api/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { CALLBACK, CREATED, HAILUO_INPUT, SUCCEEDED } from './documented.fixture.js';
import { readPrediction, toSnapshot } from './prediction.js';
import { resolveReplicateOptions } from './replicate.options.js';
import { ReplicateProvider } from './replicate.provider.js';
import { eventIn } from './webhook.js';

const request: SubmitRequest = {
  kind: 'video',
  model: 'minimax/video-01',
  prompt: 'a cat',
  parameters: {},
  inputReference: null,
  attemptId: 'attempt-1',
};

describe('ReplicateProvider', () => {
  const provider = new ReplicateProvider();
  let upstream: ScriptedUpstream;
  beforeAll(async () => {
    upstream = await ScriptedUpstream.start();
  });
  afterEach(() => {
    upstream.reset();
  });
  afterAll(() => upstream.close());
  const context = () => createTestContext({ baseUrl: upstream.base, secret: 'r8_1' });
  const submitting = async (changes: Partial<SubmitRequest>) => {
    const asked = { ...request, ...changes };
    upstream.on(`POST /models/${asked.model}/predictions`, { status: 201, json: CREATED });
    const job = await provider.submit(asked, context());
    return { job, sent: upstream.requests[0] };
  };

  it('sends the input as the model has it, and the token as Bearer', async () => {
    const { sent } = await submitting({ parameters: { prompt_optimizer: 'false' } });
    expect(sent?.headers['authorization']).toBe('Bearer r8_1');
    expect(sent?.json()).toEqual({ input: { prompt: 'a cat', prompt_optimizer: false } });
  });

  it('sends each field of a model in its type', async () => {
    const model = resolveReplicateOptions().models.find(({ id }) => id === 'minimax/hailuo-2.3');
    const defaults = Object.entries(model?.parameters ?? {}).map(([name, { default: usual = '' }]) => [
      name,
      usual,
    ]);
    const { sent } = await submitting({
      model: 'minimax/hailuo-2.3',
      prompt: HAILUO_INPUT.prompt,
      parameters: Object.fromEntries(defaults) as Record<string, string>,
      inputReference: { type: 'url', url: HAILUO_INPUT.first_frame_image },
    });
    expect(sent?.json()).toEqual({ input: HAILUO_INPUT });
  });

  it('sends an image by its URL, or as a data URL', async () => {
    const url = 'https://img.test/a.png';
    const byUrl = await submitting({ inputReference: { type: 'url', url } });
    expect(byUrl.sent?.json()).toEqual({ input: { prompt: 'a cat', first_frame_image: url } });
    upstream.reset();
    const open = () => Promise.resolve(new Blob(['png']));
    const file = { type: 'file', filename: 'a.png', contentType: 'image/png', bytes: 3, open } as const;
    const byFile = await submitting({ inputReference: file });
    expect(byFile.sent?.json()).toMatchObject({ input: { first_frame_image: 'data:image/png;base64,cG5n' } });
  });

  it('asks to be called back about the end, where there is somebody to call', async () => {
    const callbackUrl = 'https://penstock.test/hooks/replicate/s3cret';
    const { sent } = await submitting({ callbackUrl });
    expect(sent?.json()).toEqual({
      input: { prompt: 'a cat' },
      webhook: callbackUrl,
      webhook_events_filter: ['completed'],
    });
  });

  it('refuses what it cannot send before anything is sent', async () => {
    const wrong = { ...request, model: 'black-forest-labs/flux-schnell', parameters: { seed: 'many' } };
    await expect(provider.submit(wrong, context())).rejects.toMatchObject({
      failure: { kind: 'invalid_request', param: 'seed' },
    });
    expect(upstream.requests).toEqual([]);
  });

  it('reads what the documentation shows', async () => {
    const { job } = await submitting({});
    expect(job).toMatchObject({ jobId: 'gm3qorzdhgbfurvjtvhg6dckhu', snapshot: { status: 'queued' } });
    const files = {
      ...SUCCEEDED,
      output: ['https://replicate.delivery/a/out-0.webp', 'https://r.test/out-1.webp'],
    };
    expect(toSnapshot(readPrediction(files), 'image')).toMatchObject({
      status: 'completed',
      completedAt: Date.parse('2023-09-08T16:19:34.791Z'),
      assets: [
        { name: 'image', contentType: 'image/webp' },
        { name: 'image-2', contentType: 'image/webp' },
      ],
    });
    const event = eventIn(Buffer.from(JSON.stringify(CALLBACK)));
    expect(event).toMatchObject({ jobId: 'ufawqhfynnddngldkgtslldrkq', ended: false });
  });

  it('takes a success whose output was removed as failed, and one without a file as unclear', () => {
    const removed = readPrediction({ ...SUCCEEDED, output: null, data_removed: true });
    expect(toSnapshot(removed, 'video')).toMatchObject({
      status: 'failed',
      error: { code: 'output_removed' },
    });
    expect(() => toSnapshot(readPrediction(SUCCEEDED), 'video')).toThrow('tells no file');
  });

  it('follows the cursor of the list, and finds no job before the attempt', async () => {
    const at = (id: string, ms: number) => ({
      id,
      status: 'starting',
      model: request.model,
      input: { prompt: 'a cat' },
      created_at: new Date(ms).toISOString(),
    });
    const startedAt = Date.UTC(2026, 0, 1);
    const next = `${upstream.base}/predictions?cursor=c2`;
    upstream.on(
      'GET /predictions',
      { json: { next, results: [at('late', startedAt + 1_000)] } },
      { json: { next: null, results: [at('old', startedAt - 3_600_000)] } },
    );
    const attempt = { ...request, startedAt, remixOf: null };
    const isClaimed = (id: string) => Promise.resolve(id === 'late');
    expect(await provider.reconcile({ ...attempt, isClaimed }, context())).toEqual({ outcome: 'unknown' });
    expect(upstream.requests.map(({ query }) => query.get('cursor'))).toEqual([null, 'c2']);
  });
});

it('refuses models whose id is not owner/name', () => {
  const [model] = resolveReplicateOptions().models;
  if (model === undefined) throw new Error('There are no models.');
  expect(() => resolveReplicateOptions({ models: [{ ...model, id: 'video-01' }] })).toThrow('owner/name');
});
