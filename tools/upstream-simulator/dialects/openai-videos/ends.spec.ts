import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startHarness, type Harness } from '../../harness.js';

let harness: Harness;

beforeEach(async () => {
  harness = await startHarness({ credentials: [{ secret: 'key-a', concurrency: 1 }, { secret: 'key-b' }] });
});

afterEach(() => harness.close());

const cancel = (id: string, secret = 'key-a') =>
  harness.call(`/v1/videos/${id}/cancel`, { method: 'POST', secret });
const remove = (id: string, secret = 'key-a') =>
  harness.call(`/v1/videos/${id}`, { method: 'DELETE', secret });

describe('POST /v1/videos/{id}/cancel', () => {
  it('fails a job that is under way, and frees its place', async () => {
    const id = await harness.create();
    await harness.clock.advance(5_500);
    const reply = await cancel(id);
    expect(reply.status).toBe(200);
    expect(reply.json()).toMatchObject({ id, status: 'failed', progress: 50, error: { code: 'cancelled' } });
    await harness.clock.advance(60_000);
    expect((await harness.call(`/v1/videos/${id}`)).json()).toMatchObject({ status: 'failed', progress: 50 });
    await harness.create('another');
  });

  it('fails a queued job', async () => {
    const id = await harness.create();
    expect((await cancel(id)).json()).toMatchObject({ status: 'failed', progress: 0 });
  });

  it('refuses a job that has ended, and one of somebody else', async () => {
    const id = await harness.create();
    expect((await cancel(id, 'key-b')).status).toBe(404);
    await harness.clock.advance(10_000);
    const reply = await cancel(id);
    expect(reply.status).toBe(409);
    expect(reply.json()).toMatchObject({ error: { code: 'video_ended' } });
  });

  it('takes an empty JSON body', async () => {
    const id = await harness.create();
    const headers = { 'content-type': 'application/json' };
    expect((await harness.call(`/v1/videos/${id}/cancel`, { method: 'POST', headers })).status).toBe(200);
  });
});

describe('DELETE /v1/videos/{id}', () => {
  it('forgets a job that has ended', async () => {
    const id = await harness.create();
    await harness.clock.advance(10_000);
    const reply = await remove(id);
    expect(reply.json()).toEqual({ id, object: 'video.deleted', deleted: true });
    expect((await harness.call(`/v1/videos/${id}`)).status).toBe(404);
    expect((await harness.call('/v1/videos')).json()).toMatchObject({ data: [] });
    expect((await remove(id)).status).toBe(404);
    expect(harness.simulator.control.report().jobs[0]).toMatchObject({ id, deleted: true });
  });

  it('refuses a job that is under way', async () => {
    const id = await harness.create();
    const reply = await remove(id);
    expect(reply.status).toBe(409);
    expect(reply.json()).toMatchObject({ error: { code: 'video_not_ended' } });
  });

  it('refuses a job of somebody else', async () => {
    const id = await harness.create();
    await harness.clock.advance(10_000);
    expect((await remove(id, 'key-b')).status).toBe(404);
    expect((await remove(id)).status).toBe(200);
  });
});
