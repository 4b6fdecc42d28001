import { createHmac } from 'node:crypto';

import { ManualClock } from 'penstock/kernel/testing';
import type { SubmitRequest } from 'penstock/plugin-api';
import { createTestContext, ScriptedUpstream } from 'penstock/plugin-api/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { CALLBACK, REQUEST, SUBMITTED, SUCCEEDED } from './documented.fixture.js';
import { bearerOf } from './bearer-of.js';
import { KlingProvider } from './kling.provider.js';
import { filesIn, readTask } from './task.js';

const request: SubmitRequest = {
  kind: 'video',
  model: 'kling-v2-6',
  prompt: 'a cat',
  parameters: {},
  inputReference: null,
  attemptId: 'attempt-1',
};

describe('KlingProvider', () => {
  const clock = new ManualClock();
  const provider = new KlingProvider(clock);
  let upstream: ScriptedUpstream;
  beforeAll(async () => {
    upstream = await ScriptedUpstream.start();
  });
  afterEach(() => {
    upstream.reset();
  });
  afterAll(() => upstream.close());
  const context = () => createTestContext({ baseUrl: upstream.base, secret: 'ak-1:sk-1' });
  const submit = (changes: Partial<SubmitRequest>) => {
    upstream.on('POST /videos/:endpoint', { json: SUBMITTED });
    return provider.submit({ ...request, ...changes }, context());
  };

  it('signs each call with a token made of the pair of keys, and sends neither of them', async () => {
    await submit({});
    const [first] = upstream.requests;
    expect(first?.headers['authorization']).toBe(`Bearer ${bearerOf('ak-1:sk-1', clock.now())}`);
    expect(JSON.stringify(first)).not.toContain('sk-1');
    await clock.advance(60_000);
    await submit({});
    expect(upstream.requests[1]?.headers['authorization']).not.toBe(first?.headers['authorization']);
  });

  it('sends what the documentation shows', async () => {
    const { prompt, negative_prompt, duration: seconds, mode, sound, aspect_ratio } = REQUEST;
    await submit({
      prompt,
      parameters: { negative_prompt, seconds, mode, sound, aspect_ratio },
      callbackUrl: 'https://penstock.test/hooks/kling/s3cret',
    });
    expect(upstream.requests[0]?.json()).toEqual(REQUEST);
  });

  it('sends the fields by their names, and the attempt as a task id of its own', async () => {
    const parameters = { seconds: '10', mode: 'pro', sound: 'on', watermark: 'true' };
    const { jobId } = await submit({ parameters });
    expect(jobId).toBe('text2video/867283741759111202');
    expect(upstream.requests[0]?.json()).toEqual({
      model_name: 'kling-v2-6',
      prompt: 'a cat',
      external_task_id: 'attempt-1',
      duration: '10',
      mode: 'pro',
      sound: 'on',
      watermark_info: { enabled: true },
    });
  });

  it('sends an image as bare base64, and reads that job where it was made', async () => {
    const open = () => Promise.resolve(new Blob(['png']));
    const file = { type: 'file', filename: 'a.png', contentType: 'image/png', bytes: 3, open } as const;
    const { jobId } = await submit({ inputReference: file });
    expect(upstream.requests[0]?.json()).toMatchObject({ image: 'cG5n' });
    upstream.on('GET /videos/image2video/:id', { json: SUCCEEDED });
    const snapshot = await provider.poll({ jobId, kind: 'video', model: request.model }, context());
    expect(snapshot.status).toBe('completed');
  });

  it('asks to be called back at a URL that names the endpoint, and takes only ends for ends', async () => {
    const callbackUrl = 'https://penstock.test/hooks/kling/s3cret';
    await submit({ callbackUrl, inputReference: { type: 'url', url: 'https://img.test/a.png' } });
    expect(upstream.requests[0]?.json()).toMatchObject({
      callback_url: `${callbackUrl}?endpoint=image2video`,
    });
    const told = (task_status: string, endpoint: string) => {
      const rawBody = Buffer.from(JSON.stringify({ ...CALLBACK, task_status }));
      return provider.parseWebhook({ headers: {}, query: { endpoint }, rawBody });
    };
    const jobId = `image2video/${CALLBACK.task_id}`;
    expect(await told('succeed', 'image2video')).toMatchObject({ jobId, ended: true });
    expect(await told('failed', 'image2video')).toMatchObject({ jobId, ended: true });
    expect(await told('processing', 'image2video')).toMatchObject({ jobId, ended: false });
    expect(await told('succeed', 'elsewhere')).toBeNull();
  });

  it('looks for a lost attempt by its own id', async () => {
    upstream.on('GET /videos/text2video/attempt-1', { json: SUBMITTED });
    const isClaimed = () => Promise.resolve(false);
    const attempt = { ...request, startedAt: clock.now(), remixOf: null, isClaimed };
    expect(await provider.reconcile(attempt, context())).toMatchObject({
      outcome: 'found',
      job: { jobId: 'text2video/867283741759111202' },
    });
  });
});

describe('bearerOf', () => {
  it('is a JWT by HS256 that is good from five seconds ago for half an hour', () => {
    const [header = '', claims = '', signature] = bearerOf('ak:s:k', 1_700_000_000_999).split('.');
    const decoded = [header, claims].map((part): unknown =>
      JSON.parse(Buffer.from(part, 'base64url').toString()),
    );
    expect(decoded).toEqual([
      { alg: 'HS256', typ: 'JWT' },
      { iss: 'ak', exp: 1_700_001_800, nbf: 1_699_999_995 },
    ]);
    const expected = createHmac('sha256', 's:k').update(`${header}.${claims}`).digest('base64url');
    expect(signature).toBe(expected);
  });

  it.each(['jwt.made.elsewhere', ':', 'ak:', ':sk'])('leaves %j as it is', (secret) => {
    expect(bearerOf(secret, 0)).toBe(secret);
  });
});

it('hands over the marked video only where a mark was asked for', () => {
  const [video] = SUCCEEDED.data.task_result.videos;
  expect(filesIn(readTask(SUCCEEDED))).toEqual([video?.watermark_url]);
  const plain = { ...SUCCEEDED, data: { ...SUCCEEDED.data, watermark_info: { enabled: false } } };
  expect(filesIn(readTask(plain))).toEqual([video?.url]);
});
