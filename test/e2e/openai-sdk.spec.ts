import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { contractProblems } from '../support/openai-contract.js';
import { openStage, QUICK, stage, type Stage } from '../support/stage.js';

const SAMPLE = new URL('../../tools/upstream-simulator/media/', import.meta.url);

describe('the openai SDK against the gateway', () => {
  let on: Stage;
  let client: OpenAI;
  let key: string;

  const completed = async (prompt: string): Promise<OpenAI.Videos.Video> => {
    const video = await client.videos.create({ model: 'sora-2', prompt, seconds: '4', size: '1280x720' });
    await on.api.end(video.id);
    return client.videos.retrieve(video.id);
  };

  beforeAll(async () => {
    on = await openStage({ credentials: [{ secret: 'sk-one' }], behaviour: QUICK });
    key = await on.api.addKey('sdk', ['generate', 'read']);
    client = new OpenAI({ baseURL: `${on.api.url}/v1`, apiKey: key, maxRetries: 0 });
  });
  afterAll(() => on.close());

  it('creates, retrieves and downloads', async () => {
    const created = await client.videos.create({
      model: 'sora-2',
      prompt: 'a lighthouse',
      seconds: '4',
      size: '1280x720',
    });
    expect(contractProblems('VideoResource', created)).toEqual([]);
    expect(created).toMatchObject({
      object: 'video',
      status: 'queued',
      progress: 0,
      prompt: 'a lighthouse',
      error: null,
    });
    expect(created.id).toMatch(/^video_/);
    await on.api.end(created.id);

    const video = await client.videos.retrieve(created.id);
    expect(contractProblems('VideoResource', video)).toEqual([]);
    expect(video).toMatchObject({
      id: created.id,
      status: 'completed',
      progress: 100,
      size: '1280x720',
      seconds: '4',
    });
    expect(video.completed_at).toBeGreaterThanOrEqual(video.created_at);

    const content = await client.videos.downloadContent(video.id);
    expect(content.headers.get('content-type')).toBe('video/mp4');
    expect(sha256(await content.arrayBuffer())).toBe(sha256(await readFile(new URL('sample.mp4', SAMPLE))));
    const thumbnail = await client.videos.downloadContent(video.id, { variant: 'thumbnail' });
    expect(thumbnail.headers.get('content-type')).toBe('image/webp');
    expect(sha256(await thumbnail.arrayBuffer())).toBe(
      sha256(await readFile(new URL('thumbnail.webp', SAMPLE))),
    );
  });

  it('takes a reference as a file and as an object', async () => {
    const picture = await toFile(readFile(new URL('thumbnail.webp', SAMPLE)), 'reference.webp', {
      type: 'image/webp',
    });
    const fromFile = await client.videos.create({ prompt: 'from a file', input_reference: picture });
    expect((await on.api.end(fromFile.id)).status).toBe('completed');
    const data = `data:image/webp;base64,${(await readFile(new URL('thumbnail.webp', SAMPLE))).toString('base64')}`;
    const fromUrl = await client.videos.create({ prompt: 'from data', input_reference: { image_url: data } });
    expect((await on.api.end(fromUrl.id)).status).toBe('completed');
  });

  it('pages through lists by itself', async () => {
    const lister = new OpenAI({
      baseURL: `${on.api.url}/v1`,
      apiKey: await on.api.addKey('lists', ['generate', 'read']),
    });
    const ids: string[] = [];
    for (let n = 0; n < 7; n += 1)
      ids.push((await lister.videos.create({ prompt: `number ${String(n)}` })).id);

    const page = await lister.videos.list({ limit: 3 });
    expect(page.data.map(({ id }) => id)).toEqual(ids.slice(-3).reverse());
    const seen: string[] = [];
    for await (const video of lister.videos.list({ limit: 3, order: 'asc' })) seen.push(video.id);
    expect(seen).toEqual(ids);
  });

  it('remixes on the token that made the source, and deletes', async () => {
    const source = await completed('to be remixed');
    const remix = await client.videos.remix(source.id, { prompt: 'the same at night' });
    expect(contractProblems('VideoResource', remix)).toEqual([]);
    expect(remix).toMatchObject({
      remixed_from_video_id: source.id,
      prompt: 'the same at night',
      size: '1280x720',
    });
    expect((await on.api.end(remix.id)).status).toBe('completed');
    const jobs = on.simulator.control.report().jobs;
    const sourceJob = jobs.find(({ prompt }) => prompt === 'to be remixed');
    expect(jobs.find(({ prompt }) => prompt === 'the same at night')).toMatchObject({
      remixedFrom: sourceJob?.id,
    });

    const deleted = await client.videos.delete(source.id);
    expect(contractProblems('DeletedVideoResource', deleted)).toEqual([]);
    await expect(client.videos.retrieve(source.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });

  it('lists the models', async () => {
    const models = await client.models.list();
    expect(models.data.map(({ id }) => id)).toContain('sora-2');
    for (const model of models.data) expect(contractProblems('Model', model)).toEqual([]);
    expect(await client.models.retrieve('sora-2-pro')).toMatchObject({ id: 'sora-2-pro', object: 'model' });
  });

  it('throws the error class that fits', async () => {
    const create = (body: Record<string, unknown>): Promise<unknown> => client.videos.create(body as never);
    await expect(create({ prompt: '' })).rejects.toMatchObject({
      status: 400,
      param: 'prompt',
      type: 'invalid_request_error',
    });
    await expect(create({ prompt: '' })).rejects.toBeInstanceOf(OpenAI.BadRequestError);
    await expect(create({ prompt: 'x', size: '1x1' })).rejects.toMatchObject({ status: 400, param: 'size' });
    await expect(create({ prompt: 'x', lenght: 4 })).rejects.toMatchObject({ status: 400, param: 'lenght' });
    await expect(create({ prompt: 'x', model: 'nope' })).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
    });
    await expect(client.videos.retrieve('video_none')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    const stranger = new OpenAI({ baseURL: `${on.api.url}/v1`, apiKey: 'pk_wrong', maxRetries: 0 });
    await expect(stranger.models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
    const reader = new OpenAI({
      baseURL: `${on.api.url}/v1`,
      apiKey: await on.api.addKey('reader', ['read']),
      maxRetries: 0,
    });
    await expect(reader.videos.create({ prompt: 'x' })).rejects.toBeInstanceOf(OpenAI.PermissionDeniedError);
  });

  it('says 409 for what is not finished, and for a key that is used for something else', async () => {
    const video = await client.videos.create({ prompt: 'not finished' });
    await expect(client.videos.delete(video.id)).rejects.toBeInstanceOf(OpenAI.ConflictError);
    const headers = { 'Idempotency-Key': 'once-only' };
    const one = await client.videos.create({ prompt: 'once' }, { headers });
    expect((await client.videos.create({ prompt: 'once' }, { headers })).id).toBe(one.id);
    await expect(client.videos.create({ prompt: 'other' }, { headers })).rejects.toBeInstanceOf(
      OpenAI.ConflictError,
    );
  });

  it('shows no other key’s videos', async () => {
    const video = await completed('mine');
    const other = new OpenAI({
      baseURL: `${on.api.url}/v1`,
      apiKey: await on.api.addKey('other', ['generate', 'read']),
      maxRetries: 0,
    });
    await expect(other.videos.retrieve(video.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    expect((await other.videos.list()).data).toEqual([]);
  });
});

it('is told of a full queue by a RateLimitError with Retry-After', async () => {
  const behaviour = { duration: { medianMs: 60_000 } };
  const on = await stage(
    { credentials: [{ secret: 'sk-one', concurrency: 1 }], behaviour },
    { TEST_MAX_WAITING: '2' },
  );
  const client = new OpenAI({ baseURL: `${on.api.url}/v1`, apiKey: on.api.key, maxRetries: 0 });
  const asked = await Promise.allSettled(
    Array.from({ length: 8 }, () => client.videos.create({ prompt: 'crowded' })),
  );
  const refusals = asked.flatMap((result): unknown[] =>
    result.status === 'rejected' ? [result.reason] : [],
  );
  expect(refusals.length).toBeGreaterThanOrEqual(4);
  for (const refusal of refusals) expect(refusal).toBeInstanceOf(OpenAI.RateLimitError);
  expect((refusals[0] as InstanceType<typeof OpenAI.RateLimitError>).headers.get('retry-after')).toMatch(
    /^\d+$/,
  );
});

const sha256 = (content: ArrayBuffer | Buffer): string =>
  createHash('sha256')
    .update(Buffer.from(content as Buffer))
    .digest('hex');
