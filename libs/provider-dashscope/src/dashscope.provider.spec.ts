import type { SubmitRequest } from 'penstock/plugin-api';
import { createTestContext, ScriptedUpstream } from 'penstock/plugin-api/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { CREATED, FAILED, MEDIA, PARAMETERS_27 } from './documented.fixture.js';
import { DashScopeProvider } from './dashscope.provider.js';
import { readTask, toSnapshot } from './task.js';

const request: SubmitRequest = {
  kind: 'video',
  model: 'wan2.6-t2v',
  prompt: 'a cat',
  parameters: {},
  inputReference: null,
  attemptId: 'attempt-1',
};
const ROUTE = 'POST /services/aigc/video-generation/video-synthesis';

describe('DashScopeProvider', () => {
  const provider = new DashScopeProvider();
  let upstream: ScriptedUpstream;
  beforeAll(async () => {
    upstream = await ScriptedUpstream.start();
  });
  afterEach(() => {
    upstream.reset();
  });
  afterAll(() => upstream.close());
  const context = () => createTestContext({ baseUrl: upstream.base, secret: 'sk-1' });
  const sent = async (changes: Partial<SubmitRequest>) => {
    upstream.on(ROUTE, { json: CREATED });
    await provider.submit({ ...request, ...changes }, context());
    return upstream.requests[0];
  };

  it('asks for an asynchronous task', async () => {
    const submitted = await sent({});
    expect(submitted?.headers).toMatchObject({ authorization: 'Bearer sk-1', 'x-dashscope-async': 'enable' });
    expect(submitted?.json()).toEqual({ model: 'wan2.6-t2v', input: { prompt: 'a cat' }, parameters: {} });
  });

  it.each(['true', 'false'])('passes the watermark on: %s', async (watermark) => {
    const submitted = await sent({ parameters: { watermark } });
    expect(submitted?.json()).toMatchObject({ parameters: { watermark: watermark === 'true' } });
  });

  it('sends each parameter where and how the upstream has it', async () => {
    const parameters = { seconds: '10', size: '1280x720', seed: '7', negative_prompt: 'dogs' };
    expect((await sent({ parameters }))?.json()).toEqual({
      model: 'wan2.6-t2v',
      input: { prompt: 'a cat', negative_prompt: 'dogs' },
      parameters: { duration: 10, size: '1280*720', seed: 7 },
    });
  });

  it('sends an image with what it is made from', async () => {
    const url = 'https://img.test/a.png';
    const asked = { model: 'wan2.6-i2v', parameters: { resolution: '720P' } };
    const submitted = await sent({ ...asked, inputReference: { type: 'url', url } });
    expect(submitted?.json()).toMatchObject({
      input: { prompt: 'a cat', img_url: url },
      parameters: { resolution: '720P' },
    });
  });

  it('speaks to Wan 2.7 in its own words', async () => {
    const url = 'https://img.test/a.png';
    const image = { type: 'url', url } as const;
    const fromImage = await sent({ model: 'wan2.7-i2v', inputReference: image });
    expect(fromImage?.json()).toMatchObject({
      input: { prompt: 'a cat', media: [{ type: MEDIA.FIRST_FRAME, url }] },
    });
    upstream.reset();
    const parameters = { size: '1080x1920', seconds: '7', watermark: 'false' };
    const submitted = await sent({ model: 'wan2.7-t2v', parameters });
    const body = submitted?.json() as { parameters: object };
    expect(body.parameters).toEqual({ resolution: '1080P', ratio: '9:16', duration: 7, watermark: false });
    expect(Object.keys(body.parameters).filter((name) => !PARAMETERS_27.includes(name))).toEqual([]);
  });

  it('says that a task runs on that cannot be stopped', async () => {
    upstream.on('POST /tasks/:id/cancel', { status: 400, json: { code: 'UnsupportedOperation' } });
    const logging = context();
    await provider.cancel({ jobId: 't1', kind: 'video', model: 'wan2.6-t2v' }, logging);
    expect(JSON.stringify(logging.logs)).toContain('runs on there');
  });
});

it('knows a failure of the content from others', () => {
  const output = { ...FAILED.output, code: 'DataInspectionFailed', message: 'Refused.' };
  expect(toSnapshot(readTask({ output })).error).toEqual({
    code: 'content_policy',
    message: 'DataInspectionFailed: Refused.',
  });
});
