import type { SubmitRequest } from 'penstock/plugin-api';
import { createTestContext, ScriptedUpstream } from 'penstock/plugin-api/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { CREATED, SUCCEEDED } from './documented.fixture.js';
import { ArkProvider } from './ark.provider.js';
import { readTask, toSnapshot } from './task.js';

const request: SubmitRequest = {
  kind: 'video',
  model: 'dreamina-seedance-2-0-260128',
  prompt: 'a cat',
  parameters: {},
  inputReference: null,
  attemptId: 'attempt-1',
};
const TASKS = '/contents/generations/tasks';
const job = { jobId: CREATED.id, kind: 'video', model: request.model };

describe('ArkProvider', () => {
  const provider = new ArkProvider();
  let upstream: ScriptedUpstream;
  beforeAll(async () => {
    upstream = await ScriptedUpstream.start();
  });
  afterEach(() => {
    upstream.reset();
  });
  afterAll(() => upstream.close());
  const context = () => createTestContext({ baseUrl: upstream.base, secret: 'ark-1' });
  const sent = async (changes: Partial<SubmitRequest>) => {
    upstream.on(`POST ${TASKS}`, { json: CREATED });
    await provider.submit({ ...request, ...changes }, context());
    return upstream.requests[0]?.json();
  };

  it('sends the prompt as content, and each parameter as the upstream has it', async () => {
    const content = [{ type: 'text', text: 'a cat' }];
    expect(await sent({})).toEqual({ model: request.model, content });
    expect(upstream.requests[0]?.headers['authorization']).toBe('Bearer ark-1');
    upstream.reset();
    const parameters = { seconds: '10', size: '720x1280', seed: '7', watermark: 'false' };
    expect(await sent({ parameters })).toEqual({
      model: request.model,
      content,
      duration: 10,
      seed: 7,
      watermark: false,
      resolution: '720p',
      ratio: '9:16',
    });
  });

  it('begins with an image', async () => {
    const url = 'https://img.test/a.png';
    const image = { type: 'image_url', image_url: { url }, role: 'first_frame' };
    expect(await sent({ inputReference: { type: 'url', url } })).toMatchObject({
      content: [{ type: 'text', text: 'a cat' }, image],
    });
  });

  it('asks to be called back, and takes only ends for ends', async () => {
    const callbackUrl = 'https://penstock.test/hooks/ark/s3cret';
    expect(await sent({ callbackUrl })).toMatchObject({ callback_url: callbackUrl });
    const told = async (status: string) => {
      const rawBody = Buffer.from(JSON.stringify({ ...SUCCEEDED, status }));
      return (await provider.parseWebhook({ headers: {}, rawBody }))?.ended;
    };
    const states = ['queued', 'running', 'another', 'succeeded', 'failed', 'expired', 'cancelled'];
    expect(await Promise.all(states.map(told))).toEqual([false, false, false, true, true, true, true]);
  });

  it('stops what waits, says what runs on, and deletes nothing that has ended', async () => {
    const cancelling = async (status: string) => {
      upstream.reset();
      const task = { ...CREATED, status };
      upstream.on(`GET ${TASKS}/:id`, { json: task }).on(`DELETE ${TASKS}/:id`, { json: {} });
      const logging = context();
      await provider.cancel(job, logging);
      return { deleted: upstream.received(`DELETE ${TASKS}/:id`).length, logged: logging.logs.length };
    };
    expect(await cancelling('queued')).toEqual({ deleted: 1, logged: 0 });
    expect(await cancelling('running')).toEqual({ deleted: 0, logged: 1 });
    expect(await cancelling('succeeded')).toEqual({ deleted: 0, logged: 0 });
  });
});

it('takes a task whose time was up as failed', () => {
  const { error, status } = toSnapshot(readTask({ ...SUCCEEDED, status: 'expired' }));
  expect([status, error?.code]).toEqual(['failed', 'expired']);
});
