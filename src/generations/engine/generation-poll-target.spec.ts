import type { ProviderFailure } from 'penstock/plugin-api';
import type { PollObservation } from 'penstock/polling';
import { aPollRequest } from 'penstock/polling/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { END_DETECTED } from '../generation-events.js';
import type { Generation } from '../generation.entity.js';
import type { PollPlan } from '../testing/fake-upstream.js';
import { TestEngine } from '../testing/test-engine.js';
import { TestWorld } from '../testing/test-world.js';

describe('the poll of a generation', () => {
  let world: TestWorld;
  let engine: TestEngine;
  let tokenId: string;

  beforeEach(async () => {
    world = await TestWorld.create();
    tokenId = await world.addToken(1);
    engine = await TestEngine.start(world);
  });
  afterEach(() => world.end());

  const running = async (...plan: PollPlan[]): Promise<Generation> => {
    world.upstream.plans.push(plan);
    const generation = await engine.create();
    await engine.settled();
    return generation;
  };
  const poll = async (id: string): Promise<PollObservation> => {
    const observation = await engine.target.poll(aPollRequest(id));
    await engine.store.progress.flush();
    return observation;
  };

  it('writes progress that rises, rounded down, at most 99, with the polls so far', async () => {
    const { id } = await running(10.9, 10, 5, Number.NaN, 100);
    const seen: unknown[] = [];
    for (let n = 0; n < 5; n += 1) {
      await poll(id);
      const row = engine.store.live(id);
      seen.push([row?.progress, row?.polls, row === undefined ? null : engine.observer.polls(row)]);
    }
    expect(seen).toEqual([
      [10, 1, 1],
      [10, 1, 2],
      [10, 1, 3],
      [10, 1, 4],
      [99, 5, 5],
    ]);
    expect(engine.store.live(id)?.revision).toBe(5);
  });

  it.each([
    [
      'completed',
      { status: 'completed', progress: 100, errorCode: null },
      { end: 'completed', endedAt: null },
    ],
    ['cancelled', { status: 'cancelled', errorCode: null }, {}],
    ['failed', { status: 'failed', errorCode: 'generation_failed' }, { end: 'failed', endedAt: null }],
  ] as const)('ends what is %s upstream', async (end, row, known) => {
    const { id } = await running(50, end);
    expect(await poll(id)).toEqual({ outcome: 'pending', progress: 50, pollAfterMs: null });
    expect(await poll(id)).toEqual({ outcome: 'ended', ...known });
    expect(await engine.read(id)).toMatchObject({ ...row, polls: 2 });
    expect(await poll(id)).toEqual({ outcome: 'ended' });
  });

  it('shows the strategy progress that runs backwards, and clients the higher one', async () => {
    const { id } = await running(60, 20);
    expect(await poll(id)).toMatchObject({ outcome: 'pending', progress: 60 });
    expect(await poll(id)).toMatchObject({ outcome: 'pending', progress: 20 });
    expect(await engine.read(id)).toMatchObject({ status: 'in_progress', progress: 60 });
  });

  it.each(['in_progress', 'failed', 'cancelled'] as const)(
    'holds to the first end when the upstream says %s after it',
    async (status) => {
      const { id } = await running('completed');
      await poll(id);
      const ended = await engine.read(id);
      const other = { status, progress: 40, assets: [], error: null, pollAfterMs: null };
      expect(await engine.observer.observe(id, other)).toBe(true);
      const calls = world.upstream.calls.length;
      expect(await poll(id)).toEqual({ outcome: 'ended' });
      expect(await engine.read(id)).toEqual(ended);
      expect(ended).toMatchObject({ status: 'completed', progress: 100 });
      expect(world.upstream.calls).toHaveLength(calls);
    },
  );

  it('tells how late an end was known, where the upstream tells its time', async () => {
    const delays: unknown[] = [];
    engine.emitter.on(END_DETECTED, (end) => delays.push(end));
    const done = { status: 'completed', progress: 100, assets: [], error: null, pollAfterMs: null } as const;
    const endedAgo = async (ms: number | null): Promise<void> => {
      const { id, createdAt } = await running(5);
      const now = createdAt + 4_000;
      await world.clock.advance(now - engine.clock.now());
      await engine.observer.observe(id, { ...done, completedAt: ms === null ? null : now - ms });
    };
    // 1.5 s ago; just before the request, by rounding; long before it; not told; by a clock that is ahead of ours.
    for (const ms of [1_500, 4_600, 3_600_000, null, -500]) await endedAgo(ms);
    const provider = (await engine.read((await running(5)).id)).provider;
    expect(delays).toEqual([
      { provider, delayMs: 1_500 },
      { provider, delayMs: 4_000 },
      { provider, delayMs: 0 },
    ]);
  });

  it('keeps no more of a reason than anybody reads', async () => {
    const { id } = await running(50);
    const error = { code: 'c'.repeat(1_000), message: 'm'.repeat(1_000_000) };
    const failed = { status: 'failed', progress: null, assets: [], error, pollAfterMs: null } as const;
    expect(await engine.observer.observe(id, failed)).toBe(true);
    expect(await engine.read(id)).toMatchObject({
      errorCode: 'c'.repeat(100),
      errorMessage: 'm'.repeat(2_000),
    });
  });

  it('keeps the secret of the token out of what the upstream says', async () => {
    const { id } = await running(50);
    const error = { code: 'bad', message: `secret of ${tokenId} is over its quota` };
    const failed = { status: 'failed', progress: null, assets: [], error, pollAfterMs: null } as const;
    await engine.observer.observe(id, failed);
    expect(await engine.read(id)).toMatchObject({ errorMessage: '[redacted] is over its quota' });
  });

  it('believes that a job is lost when it hears it three times in a row', async () => {
    const { id } = await running('not_found', 'not_found', 5, 'not_found', 'not_found', 'not_found');
    for (let n = 0; n < 5; n += 1) expect(await poll(id)).toMatchObject({ outcome: 'pending' });
    expect(await poll(id)).toEqual({ outcome: 'ended' });
    expect(await engine.read(id)).toMatchObject({ status: 'failed', errorCode: 'upstream_job_lost' });
  });

  it.each([
    [{ kind: 'rate_limited', retryAfterMs: 7_000 }, 7_000, { coolingUntil: expect.any(Number) as number }],
    [{ kind: 'unauthorized' }, null, { enabled: false }],
    [{ kind: 'edge_challenge', retryAfterMs: 1 }, 1, { enabled: true, coolingUntil: null }],
    [{ kind: 'transient', retryAfterMs: null }, null, { enabled: true, coolingUntil: null }],
    [{ kind: 'ambiguous' }, null, { enabled: true, coolingUntil: null }],
  ] satisfies [ProviderFailure, number | null, object][])(
    'goes on after %j, and tells what it says of the token',
    async (failure, retryAfterMs, token) => {
      const { id } = await running(failure);
      const held = retryAfterMs === null ? {} : { ofToken: true };
      expect(await poll(id)).toEqual({ outcome: 'error', retryAfterMs, ...held });
      expect(engine.cache.get(tokenId)).toMatchObject(token);
      expect(engine.store.live(id)).toMatchObject({ status: 'in_progress' });
    },
  );

  it('keeps the Retry-After when the health of the token cannot be written down', async () => {
    const { id } = await running({ kind: 'rate_limited', retryAfterMs: 7_000 });
    engine.pool.refusals = 1;
    expect(await poll(id)).toEqual({ outcome: 'error', retryAfterMs: 7_000, ofToken: true });
  });

  it('takes a broken provider for a passing trouble', async () => {
    const { id } = await running('thrown');
    expect(await poll(id)).toEqual({ outcome: 'error', retryAfterMs: null });
  });

  it('takes no notice of an answer that nobody wants any more', async () => {
    const { id } = await running('completed');
    const gone = new AbortController();
    gone.abort();
    expect(await engine.target.poll(aPollRequest(id, gone.signal))).toMatchObject({ outcome: 'error' });
    expect(engine.store.live(id)).toMatchObject({ status: 'in_progress' });
  });

  it('ends what has lost its token', async () => {
    const { id } = await running(5);
    await engine.tokens.delete(tokenId);
    expect(await poll(id)).toEqual({ outcome: 'ended' });
    expect(await engine.read(id)).toMatchObject({
      status: 'failed',
      errorCode: 'token_gone',
      errorMessage: `Token ${tokenId}, which serves this generation, was deleted.`,
    });
    expect(engine.balancer.stats().inFlight).toBe(0);
  });

  it('is over at the deadline, and the upstream is told', async () => {
    const { id } = await running(...Array.from({ length: 200 }, () => 5));
    await engine.pass(130_000, 1_000);
    expect(await engine.read(id)).toMatchObject({ status: 'failed', errorCode: 'deadline_exceeded' });
    expect(world.upstream.jobs).toMatchObject([{ end: 'cancelled' }]);
    expect(engine.scheduler.stats().tracked).toBe(0);
    await expect(engine.target.expire(id)).resolves.toBeUndefined();
  });

  it('leaves no count of polls behind, whoever ends it first', async () => {
    const { id } = await running('thrown');
    await Promise.all([engine.target.expire(id), poll(id)]);
    const end = await engine.read(id);
    expect(engine.observer.polls(end)).toBe(end.polls);
  });
});
