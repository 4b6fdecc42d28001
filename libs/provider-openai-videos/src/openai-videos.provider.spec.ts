import { ProviderError, type SubmitRequest } from 'penstock/plugin-api';
import { createTestContext, type RecordedRequest, ScriptedUpstream } from 'penstock/plugin-api/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { OpenAiVideosProvider } from './openai-videos.provider.js';

let upstream: ScriptedUpstream;

const provider = new OpenAiVideosProvider();
const job = { jobId: 'video_1', kind: 'video', model: 'sora-2' };
const video = { id: 'video_1', status: 'queued', progress: 0 };
const request: SubmitRequest = {
  kind: 'video',
  model: 'sora-2',
  prompt: 'a cat',
  parameters: { size: '1280x720', seconds: '8' },
  inputReference: null,
  attemptId: 'attempt-7',
};

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

describe('submit', () => {
  it('sends JSON with the credential and the attempt as idempotency key', async () => {
    upstream.on('POST /videos', { json: video });
    await provider.submit(request, context());

    expect(received().json()).toEqual({ model: 'sora-2', prompt: 'a cat', size: '1280x720', seconds: '8' });
    expect(received().headers).toMatchObject({
      authorization: 'Bearer sk-test',
      'idempotency-key': 'attempt-7',
      'content-type': 'application/json',
    });
  });

  it.each([
    [{ type: 'url', url: 'https://x.test/a.png' } as const, { image_url: 'https://x.test/a.png' }],
    [{ type: 'upstream-file', fileId: 'file-1' } as const, { file_id: 'file-1' }],
  ])('refers to an image by %j', async (inputReference, sent) => {
    upstream.on('POST /videos', { json: video });
    await provider.submit({ ...request, inputReference }, context());

    expect(received().json()).toMatchObject({ prompt: 'a cat', input_reference: sent });
  });

  it('sends a form when a file goes along', async () => {
    upstream.on('POST /videos', { json: video });
    const inputReference = {
      type: 'file' as const,
      filename: 'cat.png',
      contentType: 'image/png',
      bytes: 6,
      open: () => Promise.resolve(new Blob(['pixels'])),
    };
    await provider.submit({ ...request, inputReference }, context());

    const { text, headers } = received();
    expect(headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(text).toContain('name="size"\r\n\r\n1280x720\r\n');
    expect(text).toContain('name="prompt"\r\n\r\na cat\r\n');
    expect(text).toMatch(
      /name="input_reference"; filename="cat.png"\r\nContent-Type: image\/png\r\n\r\npixels/,
    );
  });

  it('is transient, with nothing sent, when the file cannot be read', async () => {
    const inputReference = {
      type: 'file' as const,
      filename: 'cat.png',
      contentType: 'image/png',
      bytes: 6,
      open: () => Promise.reject(new Error('ENOENT')),
    };

    await expect(provider.submit({ ...request, inputReference }, context())).rejects.toMatchObject({
      code: 'transient',
      cause: new Error('ENOENT'),
    });
    expect(upstream.requests).toEqual([]);
  });

  it('hands on the word of the core that the file is gone, which is no fault of the token', async () => {
    const gone = new ProviderError({ kind: 'invalid_request', param: 'input_reference' }, 'It is gone.');
    const inputReference = {
      type: 'file' as const,
      filename: 'cat.png',
      contentType: 'image/png',
      bytes: 6,
      open: () => Promise.reject(gone),
    };

    await expect(provider.submit({ ...request, inputReference }, context())).rejects.toBe(gone);
    expect(upstream.requests).toEqual([]);
  });

  it('names the parameter that the upstream refuses', async () => {
    const error = { code: 'invalid_value', param: 'seconds', message: 'No.' };
    upstream.on('POST /videos', { status: 400, json: { error } });

    await expect(provider.submit(request, context())).rejects.toMatchObject({
      failure: { kind: 'invalid_request', param: 'seconds' },
    });
  });
});

it('remix sends the prompt to the source, with the attempt as idempotency key', async () => {
  upstream.on('POST /videos/:id/remix', { json: { ...video, id: 'video_2' } });
  const { jobId } = await provider.remix({ ...job, jobId: 'a/b' }, request, context());

  expect(jobId).toBe('video_2');
  expect(received().path).toBe('/videos/a%2Fb/remix');
  expect(received().json()).toEqual({ prompt: 'a cat' });
  expect(received().headers['idempotency-key']).toBe('attempt-7');
});

describe('poll', () => {
  it('obeys the upstream’s wish for the next poll', async () => {
    upstream.on('GET /videos/:id', { json: video, headers: { 'openai-poll-after-ms': '3000' } });

    expect((await provider.poll(job, context())).pollAfterMs).toBe(3_000);
  });

  it('does not end a job because something on the way answers 404', async () => {
    upstream.on('GET /videos/:id', { status: 404, text: '<html>nginx</html>' });

    await expect(provider.poll(job, context())).rejects.toMatchObject({ code: 'transient' });
  });
});

describe('cancel', () => {
  it.each([404, 405])('resolves and says so when the upstream has no cancel (%d)', async (status) => {
    upstream.on('POST /videos/:id/cancel', { status, text: 'no such route' });
    const asked = context();
    await provider.cancel(job, asked);

    expect(asked.logs).toEqual([
      {
        level: 'warn',
        message: 'The upstream cannot cancel this job, which may run on there.',
        fields: { jobId: 'video_1', status },
      },
    ]);
    expect(upstream.requests).toHaveLength(1);
  });
});

describe('download', () => {
  it('asks for the variant and passes on the conditions', async () => {
    upstream.on('GET /videos/:id/content', {
      status: 206,
      text: 'abc',
      headers: {
        'content-type': 'image/webp',
        'content-range': 'bytes 0-2/10',
        etag: '"e1"',
        'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
      },
    });
    const asked = { asset: 'thumbnail', range: 'bytes=0-2', ifRange: '"e1"' };
    const { body, ...head } = await provider.download(job, asked, context());
    body.destroy();

    expect(received().query.get('variant')).toBe('thumbnail');
    expect(received().headers).toMatchObject({ range: 'bytes=0-2', 'if-range': '"e1"' });
    expect(head).toEqual({
      status: 206,
      contentType: 'image/webp',
      contentLength: 3,
      contentRange: 'bytes 0-2/10',
      etag: '"e1"',
      lastModified: 'Thu, 01 Jan 2026 00:00:00 GMT',
    });
  });

  it('refuses a success without content', async () => {
    upstream.on('GET /videos/:id/content', { status: 204 });
    const asked = { asset: 'video', range: null, ifRange: null };

    await expect(provider.download(job, asked, context())).rejects.toMatchObject({ code: 'transient' });
    expect(received().headers).not.toHaveProperty('range');
  });
});

describe('verify', () => {
  it.each([401, 403])('says that a credential is not good (%d), without the secret', async (status) => {
    upstream.on('GET /models', { status, json: { error: { message: 'Bad key sk-test.' } } });
    const { valid, detail } = await provider.verify(context());

    expect(valid).toBe(false);
    expect(detail).toContain('Bad key');
    expect(detail).not.toContain('sk-test');
  });
});
