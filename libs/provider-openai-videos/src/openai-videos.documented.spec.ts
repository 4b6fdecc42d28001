import { extname } from 'node:path';

import type { SubmitRequest } from 'penstock/plugin-api';
import { createTestContext, type RecordedRequest, ScriptedUpstream } from 'penstock/plugin-api/testing';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';

import {
  CREATED,
  EACH_FIELD,
  FILES,
  IN_PROGRESS,
  LIST,
  REFUSED,
  REMIX,
  REMIXED,
  WITH_IMAGE,
} from './documented.fixture.js';
import { OpenAiVideosProvider } from './openai-videos.provider.js';
import { readVideo } from './video.js';

const provider = new OpenAiVideosProvider();
const job = { jobId: 'video_123', kind: 'video', model: 'sora-2' };
const request: SubmitRequest = {
  kind: 'video',
  model: 'sora-2',
  prompt: 'A calico cat playing a piano on stage',
  parameters: {},
  inputReference: null,
  attemptId: 'attempt-1',
};

let upstream: ScriptedUpstream;
beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
});
afterEach(() => {
  upstream.reset();
});
afterAll(() => upstream.close());

const context = () => createTestContext({ baseUrl: upstream.base, secret: 'sk-test' });
const received = (): RecordedRequest => {
  const last = upstream.requests.at(-1);
  if (last === undefined) throw new Error('nothing was received');
  return last;
};

it('reads what a submission is answered, with fields that it does not know', async () => {
  upstream.on('POST /videos', { json: CREATED });
  const { jobId, snapshot } = await provider.submit(request, context());

  expect(received().json()).toEqual({ model: 'sora-2', prompt: request.prompt });
  expect([jobId, snapshot.status, snapshot.progress]).toEqual(['video_123', 'queued', 0]);
});

it('sends an image in a form of the fields that the guide has', async () => {
  upstream.on('POST /videos', { json: CREATED });
  const { input_reference: file, prompt, model, ...parameters } = WITH_IMAGE;
  const [, filename = '', contentType = ''] = /^@(.+);type=(.+)$/.exec(file) ?? [];
  const open = () => Promise.resolve(new Blob(['pixels']));
  const inputReference = { type: 'file', filename, contentType, bytes: 6, open } as const;
  await provider.submit({ ...request, prompt, model, parameters, inputReference }, context());

  const { text } = received();
  const fields = [...text.matchAll(/name="(\w+)"\r\n\r\n(.*)\r\n/g)].map(([, name, value]) => [name, value]);
  expect(Object.fromEntries(fields)).toEqual({ prompt, model, ...parameters });
  expect(text).toContain(
    'name="input_reference"; filename="sample_720p.jpeg"\r\nContent-Type: image/jpeg\r\n\r\npixels',
  );
});

it('reads how far a video is', async () => {
  upstream.on('GET /videos/:id', { json: IN_PROGRESS });
  const snapshot = await provider.poll({ ...job, jobId: IN_PROGRESS.id }, context());

  expect(received().path).toBe(`/videos/${IN_PROGRESS.id}`);
  expect(snapshot).toMatchObject({ status: 'in_progress', progress: 33 });
});

it('reads a list that tells little of each video, and not whether there is more', async () => {
  upstream.on('GET /videos', { json: LIST });
  const seen = await provider.pollMany([job], context());

  expect(seen.get('video_123')?.status).toBe('completed');
  expect(upstream.requests).toHaveLength(1);
});

it('remixes by a prompt', async () => {
  upstream.on('POST /videos/:id/remix', { json: REMIXED });
  const { jobId, snapshot } = await provider.remix(job, { ...request, ...REMIX }, context());

  expect([received().path, received().json()]).toEqual(['/videos/video_123/remix', REMIX]);
  expect([jobId, snapshot.status]).toEqual(['video_456', 'queued']);
});

it('reads each field in the type that it has', () => {
  const { id, created_at, error, model, progress, prompt, remixed_from_video_id } = EACH_FIELD;
  const { seconds, size, status } = EACH_FIELD;

  expect(readVideo(EACH_FIELD)).toEqual({
    id,
    created_at,
    error,
    model,
    progress,
    prompt,
    remixed_from_video_id,
    seconds,
    size,
    status,
    completed_at: null,
  });
});

it.each(FILES)('fetches the $asset, a $file', async ({ asset, query, file }) => {
  upstream
    .on('GET /videos/:id', { json: { ...CREATED, status: 'completed' } })
    .on('GET /videos/:id/content', { text: 'bytes' });
  const { assets } = await provider.poll(job, context());
  (await provider.download(job, { asset, range: null, ifRange: null }, context())).body.destroy();

  const types: Readonly<Record<string, string>> = { '.mp4': 'video/mp4', '.webp': 'image/webp' };
  expect(assets.find(({ name }) => name === asset)?.contentType).toBe(types[extname(file)] ?? 'image/jpeg');
  expect(received().path).toBe('/videos/video_123/content');
  // The reference: `variant` may be `video`, and is that when it is left out.
  expect(received().query.toString()).toBe(query ?? 'variant=video');
});

it('reads an error', async () => {
  upstream.on('POST /videos', { status: 401, json: REFUSED });

  await expect(provider.submit(request, context())).rejects.toMatchObject({
    code: 'unauthorized',
    message: expect.stringContaining(REFUSED.error.message) as unknown,
  });
});
