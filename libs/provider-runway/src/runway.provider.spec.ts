import type { SubmitRequest } from 'penstock/plugin-api';
import { createTestContext, ScriptedUpstream } from 'penstock/plugin-api/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { CREATED, FAILED, RUNNING, SUCCEEDED, THROTTLED } from './documented.fixture.js';
import { RunwayProvider } from './runway.provider.js';
import { readTask, toSnapshot } from './task.js';

const request: SubmitRequest = {
  kind: 'video',
  model: 'gen4.5',
  prompt: 'a cat',
  parameters: {},
  inputReference: null,
  attemptId: 'attempt-1',
};
const job = { jobId: CREATED.id, kind: 'video', model: 'gen4.5' };

describe('RunwayProvider', () => {
  const provider = new RunwayProvider();
  let upstream: ScriptedUpstream;
  beforeAll(async () => {
    upstream = await ScriptedUpstream.start();
  });
  afterEach(() => {
    upstream.reset();
  });
  afterAll(() => upstream.close());
  const context = () => createTestContext({ baseUrl: upstream.base, secret: 'key_1' });
  const sent = async (changes: Partial<SubmitRequest>) => {
    upstream.on('POST /text_to_video', { json: CREATED }).on('POST /image_to_video', { json: CREATED });
    await provider.submit({ ...request, ...changes }, context());
    return upstream.requests[0];
  };

  it('names its version, and sends what the model must be told', async () => {
    const submitted = await sent({});
    expect(submitted?.headers).toMatchObject({
      authorization: 'Bearer key_1',
      'x-runway-version': '2024-11-06',
    });
    expect(submitted?.json()).toEqual({
      model: 'gen4.5',
      promptText: 'a cat',
      ratio: '1280:720',
      duration: 5,
    });
  });

  it('turns size and seconds into ratio and duration', async () => {
    const parameters = { size: '1080x1920', seconds: '6', audio: 'false' };
    expect((await sent({ model: 'veo3.1', parameters }))?.json()).toEqual({
      model: 'veo3.1',
      promptText: 'a cat',
      ratio: '1080:1920',
      duration: 6,
      audio: false,
    });
  });

  it('goes from an image where one is given', async () => {
    const submitted = await sent({ inputReference: { type: 'url', url: 'https://img.test/a.png' } });
    expect(submitted?.path).toBe('/image_to_video');
    expect(submitted?.json()).toMatchObject({ promptImage: 'https://img.test/a.png' });
  });

  it('cancels what is under way, and keeps the files of what has ended', async () => {
    const deleting = async (task: object) => {
      upstream.reset();
      upstream.on('GET /tasks/:id', { json: { ...task } }).on('DELETE /tasks/:id', { status: 204 });
      await provider.cancel(job, context());
      return upstream.received('DELETE /tasks/:id').length;
    };
    expect(await deleting(THROTTLED)).toBe(1);
    expect(await deleting(RUNNING)).toBe(1);
    expect(await deleting(SUCCEEDED)).toBe(0);
    expect(await deleting(FAILED)).toBe(0);
  });
});

it('takes a throttled task as accepted, and other failures by their own code', () => {
  expect(toSnapshot(readTask(THROTTLED)).status).toBe('queued');
  const failed = { ...FAILED, failureCode: 'INTERNAL.BAD_OUTPUT.CODE01', failure: null };
  expect(toSnapshot(readTask(failed)).error).toEqual({
    code: 'generation_failed',
    message: 'INTERNAL.BAD_OUTPUT.CODE01',
  });
});
