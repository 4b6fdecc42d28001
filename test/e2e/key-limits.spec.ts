import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ApiClient } from '../support/api-client.js';
import { openStage, type Stage } from '../support/stage.js';

/** Jobs that nobody waits for. */
const LONG = { queue: { medianMs: 0 }, duration: { medianMs: 600_000 } };

describe('limits of API keys', () => {
  let on: Stage;
  beforeAll(async () => {
    on = await openStage({ credentials: [{ secret: 'sk-one' }], behaviour: LONG });
  });
  afterAll(() => on.close());

  const sdk = (apiKey: string): OpenAI => new OpenAI({ baseURL: `${on.api.url}/v1`, apiKey, maxRetries: 0 });

  it('hold for requests at once, over a kill, and tell by headers and a RateLimitError', async () => {
    const key = await on.api.addKey('limited', ['generate', 'read'], { concurrent: 3, perDay: 4 });
    const client = sdk(key);
    const asked = await Promise.allSettled(
      Array.from({ length: 12 }, (_, n) => client.videos.create({ prompt: `at once ${String(n)}` })),
    );
    const made = asked.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    expect(made).toHaveLength(3);
    const [one = '', two = ''] = made.map(({ id }) => id);
    const refused = asked.flatMap((each): unknown[] => (each.status === 'rejected' ? [each.reason] : []));
    for (const error of refused) expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    const [error] = refused as [InstanceType<typeof OpenAI.RateLimitError>];
    expect(error.code).toBe('concurrency_limit_exceeded');
    expect(error.headers.get('retry-after')).toBe('5');
    expect(error.headers.get('x-ratelimit-remaining-concurrent')).toBe('0');
    expect(error.headers.get('x-ratelimit-remaining-requests')).toBe('1');

    const own = new ApiClient(on.api.url, key);
    for (const { id } of made) await own.reach(id, 'in_progress');
    await on.restart('SIGKILL');
    await expect(client.videos.create({ prompt: 'after the kill' })).rejects.toMatchObject({
      code: 'concurrency_limit_exceeded',
    });
    await own.request('POST', `/v1/generations/${one}/cancel`);
    expect((await own.end(one)).status).toBe('cancelled');
    const { response } = await client.videos.create({ prompt: 'one more' }).withResponse();
    expect(response.headers.get('x-ratelimit-limit-requests')).toBe('4');
    expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    await on.restart('SIGKILL');
    await own.request('POST', `/v1/generations/${two}/cancel`);
    await own.end(two);
    await expect(client.videos.create({ prompt: 'too many today' })).rejects.toMatchObject({
      code: 'daily_limit_exceeded',
    });
    expect((await own.request('GET', '/v1/stats')).body['generations']).toMatchObject({ cancelled: 2 });
  });

  it('let a repeated request through and count it once', async () => {
    const key = await on.api.addKey('repeating', ['generate', 'read'], { perMinute: 1 });
    const client = sdk(key);
    const headers = { 'Idempotency-Key': 'limited-once' };
    const ids = [];
    for (let repeat = 0; repeat < 4; repeat += 1)
      ids.push((await client.videos.create({ prompt: 'once' }, { headers })).id);
    expect(new Set(ids).size).toBe(1);
    await expect(client.videos.create({ prompt: 'another' })).rejects.toMatchObject({
      code: 'rate_limit_exceeded',
    });
  });
});
