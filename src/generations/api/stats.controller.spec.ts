import { ManualClock } from 'penstock/kernel/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { TestApp } from '../../../test/support/start-app.js';
import { FakeUpstream } from '../testing/fake-upstream.js';
import { startGenerationsApp } from '../testing/generations-app.js';
import { GenerationsClient } from '../testing/generations-client.js';
import { statsSchema } from './stats.schemas.js';

describe('GET /v1/stats', () => {
  let test: TestApp;
  let upstream: FakeUpstream;

  beforeEach(async () => {
    upstream = new FakeUpstream(new ManualClock());
    test = await startGenerationsApp(upstream);
  });
  afterEach(() => test.close());

  const addToken = (): Promise<string> => new GenerationsClient(test).addToken();
  const keyWith = async (...scopes: string[]): Promise<string> => {
    const { body } = await test.request('POST', '/admin/keys', { body: { label: 'client', scopes } });
    return `Bearer ${(body as { readonly key: string }).key}`;
  };
  const stats = async (authorization?: string) =>
    statsSchema.parse(
      (await test.request('GET', '/v1/stats', authorization === undefined ? {} : { authorization })).body,
    );
  const NONE = { queued: 0, submitting: 0, in_progress: 0, completed: 0, failed: 0, cancelled: 0 };

  it('counts the generations of the key that asks, and all that wait', async () => {
    await addToken();
    upstream.plans.push([1]);
    const body = { model: 'sora-2', input: { prompt: 'a cat' } };
    for (let n = 0; n < 3; n++) await test.request('POST', '/v1/generations', { body });
    await expect
      .poll(async () => (await stats()).generations)
      .toEqual({ ...NONE, in_progress: 1, queued: 2 });
    const other = await keyWith('read');
    expect(await stats(other)).toMatchObject({
      generations: NONE,
      queue: {
        waiting: 2,
        estimatedWaitMs: null,
        priorities: {
          low: { waiting: 0, estimatedWaitMs: null },
          normal: { waiting: 2, estimatedWaitMs: null },
          high: { waiting: 0, estimatedWaitMs: null },
        },
      },
    });
  });

  it('says which models are served, and nothing of tokens', async () => {
    const offered = async () => (await stats()).models.find(({ id }) => id === 'sora-2');
    expect(await offered()).toEqual({ id: 'sora-2', kind: 'video', available: false });
    const none = { waiting: 0, estimatedWaitMs: 0 };
    const priorities = { low: none, normal: none, high: none };
    expect((await stats()).queue).toEqual({ ...none, priorities });
    const tokenId = await addToken();
    expect(await offered()).toMatchObject({ available: true });
    expect((await test.request('GET', '/v1/stats')).text).not.toMatch(/tok_|sk-|acme/);
    await test.request('POST', `/admin/tokens/${tokenId}/disable`);
    expect(await offered()).toMatchObject({ available: false });
  });

  it('needs the scope read', async () => {
    const authorization = await keyWith('generate');
    expect((await test.request('GET', '/v1/stats', { authorization })).status).toBe(403);
    expect((await test.request('GET', '/v1/stats', { authorization: null })).status).toBe(401);
  });
});
