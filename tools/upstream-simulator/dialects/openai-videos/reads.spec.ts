import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startHarness, type Harness } from '../../harness.js';

let harness: Harness;

beforeEach(async () => {
  harness = await startHarness({
    credentials: [
      { secret: 'key-a', account: 'team' },
      { secret: 'key-a2', account: 'team' },
      { secret: 'key-b' },
      { secret: 'off', enabled: false },
      { secret: 'old', expiresAt: '2020-01-01T00:00:00Z' },
    ],
  });
});

afterEach(() => harness.close());

interface List {
  readonly data: readonly { readonly id: string }[];
  readonly first_id: string | null;
  readonly last_id: string | null;
  readonly has_more: boolean;
}

async function list(query: string, secret = 'key-a'): Promise<List> {
  return (await harness.call(`/v1/videos${query}`, { secret })).json() as List;
}

describe('GET /v1/videos/{id}', () => {
  it('shows the job as time passes, without anything having watched it', async () => {
    const id = await harness.create();
    const seen: unknown[] = [];
    for (const wait of [0, 1_000, 4_500, 4_499, 1]) {
      await harness.clock.advance(wait);
      seen.push((await harness.call(`/v1/videos/${id}`)).json());
    }
    expect(seen).toMatchObject([
      { status: 'queued', progress: 0 },
      { status: 'in_progress', progress: 0 },
      { status: 'in_progress', progress: 50 },
      { status: 'in_progress', progress: 99, completed_at: null },
      { status: 'completed', progress: 100, completed_at: 1_700_000_010, expires_at: 1_700_086_410 },
    ]);
    expect(harness.clock.pendingTimers).toBe(0);
  });

  it('says why a job failed', async () => {
    harness.simulator.control.setBehaviour({ failureRate: 1, failureCode: 'content_policy_violation' });
    const id = await harness.create();
    await harness.clock.advance(10_000);
    expect((await harness.call(`/v1/videos/${id}`)).json()).toMatchObject({
      status: 'failed',
      completed_at: null,
      error: { code: 'content_policy_violation', message: expect.any(String) as string },
    });
  });

  it('is open to the keys of one account and to no other', async () => {
    const id = await harness.create();
    expect((await harness.call(`/v1/videos/${id}`, { secret: 'key-a2' })).status).toBe(200);
    const foreign = await harness.call(`/v1/videos/${id}`, { secret: 'key-b' });
    expect(foreign.status).toBe(404);
    expect(foreign.json()).toMatchObject({ error: { type: 'invalid_request_error', param: 'video_id' } });
  });

  it.each(['nobody', 'off', 'old', null])('refuses the key %s with 401', async (secret) => {
    const reply = await harness.call('/v1/videos/video_1', { secret });
    expect(reply.status).toBe(401);
    expect(reply.json()).toEqual({
      error: {
        message: expect.any(String) as string,
        type: 'invalid_request_error',
        param: null,
        code: 'invalid_api_key',
      },
    });
  });

  it('shows every status over the life of two thousand jobs without a timer', async () => {
    for (let made = 0; made < 2_000; made += 100) {
      await Promise.all(Array.from({ length: 100 }, (_, index) => harness.create(`p${made + index}`)));
    }
    expect(harness.clock.pendingTimers).toBe(0);
    await harness.clock.advance(10_000);
    const { jobs, secrets } = harness.simulator.control.report();
    expect(jobs.filter(({ status }) => status === 'completed')).toHaveLength(2_000);
    expect(secrets[0]).toMatchObject({ maxInFlight: 2_000, inFlight: 0 });
  });
});

describe('GET /v1/videos', () => {
  it('lists the latest first, page after page', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) ids.push(await harness.create(`p${index}`));
    const newest = [...ids].reverse();
    const first = await list('?limit=2');
    expect(first).toMatchObject({ object: 'list', first_id: newest[0], last_id: newest[1], has_more: true });
    const rest = await list(`?limit=3&after=${first.last_id ?? ''}`);
    expect(rest.data.map(({ id }) => id)).toEqual(newest.slice(2));
    expect(rest.has_more).toBe(false);
    expect((await list('?order=asc')).data.map(({ id }) => id)).toEqual(ids);
  });

  it('shows the jobs of the account only', async () => {
    const id = await harness.create();
    expect((await list('', 'key-a2')).data.map((job) => job.id)).toEqual([id]);
    expect(await list('', 'key-b')).toEqual({
      object: 'list',
      data: [],
      first_id: null,
      last_id: null,
      has_more: false,
    });
  });

  it.each(['limit=101', 'limit=-1', 'limit=x', 'order=up'])('refuses %s', async (query) => {
    const reply = await harness.call(`/v1/videos?${query}`);
    expect(reply.status).toBe(400);
    expect(reply.json()).toMatchObject({ error: { param: query.split('=')[0] } });
  });

  it('refuses a cursor that it does not know', async () => {
    expect((await harness.call('/v1/videos?after=video_none')).status).toBe(404);
  });
});

describe('GET /v1/models', () => {
  it('lists the models', async () => {
    const reply = await harness.call('/v1/models');
    const { data } = reply.json() as { data: { id: string; object: string }[] };
    expect(data.map(({ id }) => id)).toContain('sora-2-pro');
    expect(data[0]).toMatchObject({ object: 'model', owned_by: expect.any(String) as string });
  });
});

describe('other paths', () => {
  it('do not exist, in OpenAI’s words', async () => {
    const reply = await harness.call('/v1/chat/completions', { json: {} });
    expect(reply.status).toBe(404);
    expect(reply.json()).toMatchObject({ error: { message: 'Invalid URL (POST /v1/chat/completions)' } });
  });
});
