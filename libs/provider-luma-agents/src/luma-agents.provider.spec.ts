import type { SubmitRequest } from 'penstock/plugin-api';
import { createTestContext, ScriptedUpstream } from 'penstock/plugin-api/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { COMPLETED, FAILED, IMAGE_REQUEST, QUEUED, REFUSALS, VIDEO_REQUEST } from './documented.fixture.js';
import { filesIn, readGeneration, toSnapshot } from './generation.js';
import { LumaAgentsProvider } from './luma-agents.provider.js';

const request: SubmitRequest = {
  kind: 'video',
  model: 'ray-3.2',
  prompt: VIDEO_REQUEST.prompt,
  parameters: {},
  inputReference: null,
  attemptId: 'attempt-1',
};

describe('LumaAgentsProvider', () => {
  const provider = new LumaAgentsProvider();
  let upstream: ScriptedUpstream;
  beforeAll(async () => {
    upstream = await ScriptedUpstream.start();
  });
  afterEach(() => {
    upstream.reset();
  });
  afterAll(() => upstream.close());
  const context = () => createTestContext({ baseUrl: upstream.base, secret: 'luma-api-1' });
  const sent = async (changes: Partial<SubmitRequest>) => {
    upstream.on('POST /generations', { status: 201, json: QUEUED });
    await provider.submit({ ...request, ...changes }, context());
    return upstream.requests[0]?.json();
  };

  it('sends a video as the guide has it', async () => {
    const { url } = VIDEO_REQUEST.video.start_frame;
    const parameters = {
      resolution: '720p',
      aspect_ratio: '16:9',
      seconds: '5',
      loop: 'false',
      hdr: 'false',
    };
    expect(await sent({ parameters, inputReference: { type: 'url', url } })).toEqual(VIDEO_REQUEST);
    expect(upstream.requests[0]?.headers['authorization']).toBe('Bearer luma-api-1');
  });

  it('leaves to the model what was not asked for, and turns a size into resolution and ratio', async () => {
    const { prompt } = request;
    const plain = { model: 'ray-3.2', prompt, type: 'video' };
    expect(await sent({})).toEqual({ ...plain, video: {} });
    upstream.reset();
    const parameters = { size: '1080x1920', seconds: '10' };
    expect(await sent({ parameters })).toEqual({
      ...plain,
      aspect_ratio: '9:16',
      video: { resolution: '1080p', duration: '10s' },
    });
  });

  it('sends an image as the guide has it, with a file as base64 beside its type', async () => {
    const { data, media_type: contentType } = IMAGE_REQUEST.image_ref[0];
    const bytes = Buffer.from(data, 'base64');
    const open = () => Promise.resolve(new Blob([bytes]));
    const inputReference = {
      ...({ type: 'file', filename: 'a.png', contentType, bytes: bytes.length, open } as const),
    };
    const parameters = { style: 'manga', web_search: 'true' };
    const { prompt } = IMAGE_REQUEST;
    expect(await sent({ kind: 'image', model: 'uni-1', prompt, parameters, inputReference })).toEqual({
      ...IMAGE_REQUEST,
      model: 'uni-1',
      type: 'image',
      style: 'manga',
      web_search: true,
    });
  });

  it.each([
    [400, 'invalid_request'],
    [401, 'unauthorized'],
    [402, 'quota_exhausted'],
    [403, 'unauthorized'],
    [413, 'invalid_request'],
    [422, 'invalid_request'],
    [429, 'rate_limited'],
    [502, 'transient'],
    [503, 'transient'],
  ] as const)('reads the refusal %d as %s', async (status, code) => {
    upstream.on('POST /generations', { status, json: { ...REFUSALS[status] } });
    await expect(provider.submit(request, context())).rejects.toMatchObject({
      code,
      message: expect.stringContaining(REFUSALS[status].detail) as unknown,
    });
  });

  it('does not take a key for good whose account is suspended', async () => {
    upstream.on('GET /generations/:id', { status: 403, json: REFUSALS[403] });
    expect(await provider.verify(context())).toMatchObject({ valid: false });
  });
});

describe('a generation', () => {
  it('hands over what is of its kind', () => {
    const [image] = COMPLETED.output;
    expect(toSnapshot(readGeneration(COMPLETED), 'image').assets).toMatchObject([
      { name: 'image', contentType: 'image/png' },
    ]);
    const exr = { type: 'exr', url: 'https://storage.example.com/frames.zip' };
    const hdr = { ...COMPLETED, output: [exr, { ...image, type: 'video' }] };
    expect(filesIn(readGeneration(hdr), 'video')).toEqual([image?.url]);
    expect(() => toSnapshot(readGeneration({ ...COMPLETED, output: [exr] }), 'video')).toThrow('no file');
  });

  it('tells why it failed', () => {
    expect(toSnapshot(readGeneration(FAILED), 'video').error).toEqual({
      code: 'generation_failed',
      message: 'generation_failed: Description of what went wrong',
    });
  });
});
