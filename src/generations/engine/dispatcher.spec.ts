import type { Priority } from 'penstock/balancer';
import type { ProviderFailure } from 'penstock/plugin-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { CLEARED_HEALTH } from '../../tokens/token-health.policy.js';
import type { Generation } from '../generation.entity.js';
import { aRequest } from '../testing/a-request.js';
import type { EngineOptions } from '../testing/engine-options.js';
import { OWNER, TestEngine } from '../testing/test-engine.js';
import { TestWorld } from '../testing/test-world.js';

const TRANSIENT = { kind: 'transient', retryAfterMs: null } as const satisfies ProviderFailure;

describe('Dispatcher', () => {
  let world: TestWorld;
  let engine: TestEngine;

  const start = async (limits: readonly number[], options?: EngineOptions): Promise<readonly string[]> => {
    const ids: string[] = [];
    for (const limit of limits) ids.push(await world.addToken(limit));
    engine = await TestEngine.start(world, options);
    return ids;
  };
  const refuse = (...failures: ProviderFailure[]): void => {
    world.upstream.submissions.push(...failures.map((answer) => ({ answer })));
  };
  const ended = async ({ id }: Generation): Promise<Generation> =>
    engine.passUntil(engine.generations.wait(id, OWNER, 119_000));

  beforeEach(async () => {
    world = await TestWorld.create();
  });
  afterEach(() => world.end());

  it.each([
    TRANSIENT,
    { kind: 'unauthorized' },
    { kind: 'edge_challenge', retryAfterMs: null },
  ] satisfies ProviderFailure[])('takes another token after $kind', async (failure) => {
    await start([1, 1]);
    refuse(failure);
    const tokens: string[] = [];
    world.upstream.onSubmit = (tokenId) => tokens.push(tokenId);
    expect(await ended(await engine.create())).toMatchObject({ status: 'completed', attempts: 2 });
    expect(new Set(tokens).size).toBe(2);
  });

  it('tries the token that failed again, after a pause, when there is no other', async () => {
    await start([1]);
    refuse(TRANSIENT);
    const generation = await engine.create();
    await engine.settled();
    expect(engine.store.live(generation.id)).toMatchObject({
      status: 'queued',
      tokenId: null,
      provider: null,
    });
    expect(engine.room.position(generation.id)).toBeNull();
    expect(await ended(generation)).toMatchObject({ status: 'completed', attempts: 2 });
  });

  it('gives up after four failures, and says why', async () => {
    await start([1, 1, 1, 1, 1]);
    refuse(TRANSIENT, TRANSIENT, TRANSIENT, TRANSIENT);
    expect(await ended(await engine.create())).toMatchObject({
      status: 'failed',
      errorCode: 'upstream_unavailable',
      errorMessage: 'The upstream did not take it in 4 attempts: refused: transient',
      attempts: 4,
    });
  });

  it('waits for a rate limit however often it comes, ahead of those that did not have their turn', async () => {
    await start([1]);
    const limit = { kind: 'rate_limited', retryAfterMs: 2_000 } as const;
    refuse(limit, limit, limit, limit, limit, limit);
    const first = await engine.create({ prompt: 'first' });
    const second = await engine.create({ prompt: 'second' });
    await engine.pass(3_000);
    expect([first, second].map(({ id }) => engine.room.position(id))).toEqual([1, 2]);
    expect(await ended(first)).toMatchObject({ status: 'completed', attempts: 7 });
    expect(await ended(second)).toMatchObject({ status: 'completed', attempts: 1 });
  });

  it('serves the higher priority first, and gives a generation that failed over its own turn back, no other', async () => {
    await start([1]);
    world.upstream.submissions.push({ answer: { kind: 'rate_limited', retryAfterMs: 1_000 }, delayMs: 500 });
    const create = async (prompt: string, priority: Priority) => {
      await engine.pass(1, 1);
      const principal = { ...OWNER, priority: { default: priority, max: priority } };
      return (await engine.creation.create(aRequest({ prompt }), principal)).generation;
    };
    const made = [
      await create('low, failed over', 'low'),
      await create('low', 'low'),
      await create('normal', 'normal'),
      await create('high', 'high'),
    ];
    await engine.pass(600, 100);
    expect(made.map(({ id }) => engine.room.position(id))).toEqual([3, 4, 2, 1]);
    for (const each of made) expect(await ended(each)).toMatchObject({ status: 'completed' });
    const order = ['high', 'normal', 'low, failed over', 'low'];
    expect(world.upstream.jobs.map(({ prompt }) => prompt)).toEqual(order);
  });

  it('fails at once when the last token that could serve it is off', async () => {
    await start([1]);
    refuse({ kind: 'unauthorized' });
    expect(await ended(await engine.create())).toMatchObject({
      errorCode: 'no_usable_token',
      errorMessage: 'No token can serve sora-2: 1 disabled. The last attempt: refused: unauthorized',
    });
  });

  it('waits for a token that errors turned off, which comes back by itself, ahead of the others', async () => {
    const [tokenId = ''] = await start([1]);
    refuse(TRANSIENT, TRANSIENT, TRANSIENT);
    const first = await engine.create({ prompt: 'first' });
    const second = await engine.create({ prompt: 'second' });
    await engine.pass(30_000);
    expect(engine.cache.get(tokenId)).toMatchObject({ enabled: false, recovering: true });
    expect([first, second].map(({ id }) => engine.room.position(id))).toEqual([1, 2]);
    await expect(engine.create()).rejects.toMatchObject({ code: 'no_usable_token' });
    await engine.tokens.change(tokenId, () => CLEARED_HEALTH);
    const ends = [await ended(first), await ended(second)];
    expect(ends.map(({ status }) => status)).toEqual(['completed', 'completed']);
    expect(ends.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(5);
  });

  it('lets in again what was let in before, however full the queue is', async () => {
    await start([1], { maxWaiting: 1 });
    world.upstream.submissions.push({ answer: { kind: 'rate_limited', retryAfterMs: 1_000 }, delayMs: 500 });
    const first = await engine.create({ prompt: 'first' });
    await engine.settled();
    const second = await engine.create({ prompt: 'second' });
    await expect(engine.create()).rejects.toMatchObject({ code: 'queue_full' });
    expect(await ended(first)).toMatchObject({ status: 'completed', attempts: 2 });
    expect(await ended(second)).toMatchObject({ status: 'completed' });
  });

  it.each([1, 2, 5])('goes on when the database refuses %i writes', async (refusals) => {
    await start([1]);
    const generation = await engine.create();
    engine.pool.refusals = refusals;
    expect(await ended(generation)).toMatchObject({ status: 'completed', attempts: 1 });
    expect(engine.balancer.stats().inFlight).toBe(0);
  });

  it('does not fail in the end of a process what the next one can go on with', async () => {
    await start([1]);
    world.upstream.submissions.push({ answer: { kind: 'rate_limited', retryAfterMs: 1_000 }, delayMs: 300 });
    const generation = await engine.create();
    await engine.settled();
    // Nest refuses the queue first; the dispatcher is told later.
    await engine.queue.onModuleDestroy();
    await engine.pass(600);
    expect(await world.rows()).toMatchObject([{ status: 'queued', errorCode: null }]);
    await engine.stop();
    engine.kill();
    engine = await TestEngine.start(world);
    expect(await ended(generation)).toMatchObject({ status: 'completed', attempts: 2 });
  });

  it('lets submissions end before the process does, within 15 s, and leaves no timer', async () => {
    await start([1, 1], { settings: { submitTimeoutMs: 60_000 } });
    world.upstream.plans.push([1, 1], [1, 1]);
    world.upstream.submissions.push({ answer: 'job', delayMs: 4_000 }, { answer: 'silence' });
    await Promise.all([engine.create(), engine.create(), engine.create()]);
    await engine.settled();
    const before = world.clock.monotonic();
    await engine.stop();
    expect(world.clock.monotonic() - before).toBeLessThan(18_000);
    const statuses = (await world.rows()).map(({ status }) => status);
    expect(statuses.sort()).toEqual(['in_progress', 'queued', 'submitting']);
    expect(engine.clock.pendingTimers).toBe(0);
    await expect(engine.create()).rejects.toMatchObject({ code: 'shutting_down', category: 'unavailable' });
  });
});
