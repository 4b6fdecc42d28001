import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FormData } from 'undici';

import { idOf, startHarness, type Harness } from '../../harness.js';

let harness: Harness;

beforeEach(async () => {
  harness = await startHarness();
});

afterEach(() => harness.close());

const create = (json: unknown, secret = 'key-a') => harness.call('/v1/videos', { json, secret });
const created = () => harness.simulator.control.report().jobs;

describe('POST /v1/videos', () => {
  it('makes a job and answers with a complete VideoResource', async () => {
    const reply = await create({ prompt: 'a cat' });
    expect(reply.status).toBe(200);
    expect(reply.json()).toEqual({
      id: expect.stringMatching(/^video_/) as string,
      object: 'video',
      model: 'sora-2',
      status: 'queued',
      progress: 0,
      created_at: 1_700_000_000,
      completed_at: null,
      expires_at: null,
      prompt: 'a cat',
      size: '720x1280',
      seconds: '4',
      remixed_from_video_id: null,
      error: null,
    });
  });

  it('takes what is asked for', async () => {
    const asked = { prompt: 'x', model: 'sora-2-pro', seconds: '12', size: '1792x1024' };
    expect((await create(asked)).json()).toMatchObject(asked);
  });

  it('takes a form with a file', async () => {
    const body = new FormData();
    body.set('prompt', 'from a form');
    body.set('seconds', '8');
    body.set('input_reference', new Blob([new Uint8Array(70_000)], { type: 'image/png' }), 'start.png');
    const reply = await harness.call('/v1/videos', { body });
    expect(reply.json()).toMatchObject({ prompt: 'from a form', seconds: '8' });
    expect(created()[0]?.reference).toEqual({ source: 'file', bytes: 70_000, contentType: 'image/png' });
  });

  it('takes a form that names its reference', async () => {
    const body = new FormData();
    body.set('prompt', 'x');
    body.set('input_reference[file_id]', 'file-1');
    expect((await harness.call('/v1/videos', { body })).status).toBe(200);
    expect(created()[0]?.reference).toEqual({ source: 'file_id', bytes: 6, contentType: null });
  });

  it('takes a reference by URL', async () => {
    await create({ prompt: 'x', input_reference: { image_url: 'https://example.com/a.png' } });
    expect(created()[0]?.reference).toMatchObject({ source: 'image_url', bytes: 25 });
  });

  it.each([
    [{}, 'prompt', 'invalid_value'],
    [{ prompt: '' }, 'prompt', 'invalid_value'],
    [{ prompt: 'x'.repeat(32_001) }, 'prompt', 'invalid_value'],
    [{ prompt: 'x', seconds: '5' }, 'seconds', 'invalid_value'],
    [{ prompt: 'x', seconds: 4 }, 'seconds', 'invalid_value'],
    [{ prompt: 'x', size: '1x1' }, 'size', 'invalid_value'],
    [{ prompt: 'x', model: 'vhs-1' }, 'model', 'model_not_found'],
    [{ prompt: 'x', input_reference: {} }, 'input_reference', 'invalid_value'],
    [{ prompt: 'x', input_reference: { file_id: 'a', image_url: 'b' } }, 'input_reference', 'invalid_value'],
  ])('refuses %j naming the parameter', async (body, param, code) => {
    const reply = await create(body);
    expect(reply.status).toBe(400);
    expect(reply.json()).toMatchObject({ error: { type: 'invalid_request_error', param, code } });
    expect(created()).toHaveLength(0);
  });

  it.each(['', '{', '[]', '"text"', 'null'])('refuses the body %j', async (body) => {
    const reply = await harness.call('/v1/videos', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect(reply.status).toBe(400);
    expect(reply.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
  });

  it('refuses a broken form', async () => {
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    const reply = await harness.call('/v1/videos', { body: '--x\r\nnonsense', headers });
    expect(reply.status).toBe(400);
  });

  it('refuses other content types in its own words', async () => {
    const reply = await harness.call('/v1/videos', { body: 'a=b', headers: { 'content-type': 'text/csv' } });
    expect(reply.status).toBe(415);
    expect(reply.json()).toMatchObject({ error: { type: 'invalid_request_error', code: null } });
  });

  it('makes a job for each call, even with one Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'once' };
    const first = await harness.call('/v1/videos', { json: { prompt: 'x' }, headers });
    const second = await harness.call('/v1/videos', { json: { prompt: 'x' }, headers });
    expect(idOf(second)).not.toBe(idOf(first));
  });
});

describe('with idempotency', () => {
  it('gives the first job again for the same key and account', async () => {
    const keen = await startHarness({
      idempotency: true,
      credentials: [{ secret: 'key-a', quota: 2 }, { secret: 'key-b' }],
    });
    const call = (key: string, secret = 'key-a') =>
      keen.call('/v1/videos', { json: { prompt: 'x' }, secret, headers: { 'idempotency-key': key } });
    const first = idOf(await call('once'));
    expect(idOf(await call('once'))).toBe(first);
    expect(idOf(await call('twice'))).not.toBe(first);
    expect(idOf(await call('once', 'key-b'))).not.toBe(first);
    expect((await call('once')).status).toBe(200);
    expect(keen.simulator.control.report().submissions).toEqual([{ prompt: 'x', calls: 5, jobs: 3 }]);
    await keen.close();
  });
});

describe('POST /v1/videos/{id}/remix', () => {
  it('makes a new job from one that completed', async () => {
    const source = idOf(
      await create({ prompt: 'a cat', size: '1280x720', seconds: '8', model: 'sora-2-pro' }),
    );
    await harness.clock.advance(10_000);
    const reply = await harness.call(`/v1/videos/${source}/remix`, { json: { prompt: 'a dog' } });
    expect(reply.json()).toMatchObject({
      prompt: 'a dog',
      size: '1280x720',
      seconds: '8',
      model: 'sora-2-pro',
      remixed_from_video_id: source,
      status: 'queued',
    });
    expect(created().at(-1)).toMatchObject({ remixedFrom: source, prompt: 'a dog' });
  });

  it('refuses a source that is not ready, not there, or not the caller’s', async () => {
    const source = await harness.create();
    const remix = (id: string, secret = 'key-a') =>
      harness.call(`/v1/videos/${id}/remix`, { json: { prompt: 'y' }, secret });
    expect((await remix(source)).json()).toMatchObject({ error: { code: 'video_not_ready' } });
    await harness.clock.advance(10_000);
    expect((await remix('video_none')).status).toBe(404);
    expect((await remix(source, 'key-b')).status).toBe(404);
    expect((await remix(source)).status).toBe(200);
  });
});
