import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { PollPlan } from '../testing/fake-upstream.js';
import { TestEngine } from '../testing/test-engine.js';
import { TestWorld } from '../testing/test-world.js';

describe('polls of many generations with one call', () => {
  let world: TestWorld;
  let engine: TestEngine;
  let tokenId: string;

  beforeEach(async () => {
    world = await TestWorld.create();
    tokenId = await world.addToken(5);
    engine = await TestEngine.start(world, { lists: true });
  });
  afterEach(() => world.end());

  const running = async (...plans: PollPlan[][]): Promise<string[]> => {
    world.upstream.plans.push(...plans);
    const made: string[] = [];
    for (const [index] of plans.entries())
      made.push((await engine.create({ prompt: `p${String(index)}` })).id);
    await engine.settled();
    return made;
  };
  const list = (ids: readonly string[], dropped: readonly string[] = []) => {
    const signal = (id: string) =>
      dropped.includes(id) ? AbortSignal.abort() : new AbortController().signal;
    return engine.target.pollMany(
      ids.map((id) => ({ id, wanted: !signal(id).aborted, signal: signal(id) })),
      new AbortController().signal,
    );
  };

  it('takes in what the list says of each, and leaves out what it does not know', async () => {
    const ids = await running([10], ['completed'], ['not_found'], [70]);
    const listing = await list([...ids, 'nobody'], [ids[3] ?? '']);
    expect(listing).toEqual({
      outcome: 'listed',
      requests: 1,
      observations: new Map<string, unknown>([
        [ids[0] ?? '', { outcome: 'pending', progress: 10, pollAfterMs: null }],
        [ids[1] ?? '', { outcome: 'ended', end: 'completed', endedAt: null }],
        ['nobody', { outcome: 'ended' }],
      ]),
    });
    await engine.store.progress.flush();
    const rows = await Promise.all(ids.map((id) => engine.read(id)));
    expect(rows.map(({ status, progress }) => [status, progress])).toEqual([
      ['in_progress', 10],
      ['completed', 100],
      ['in_progress', 0],
      ['in_progress', 0],
    ]);
    expect(world.upstream.count('list')).toBe(1);
  });

  it('asks nobody when nothing of it is under way', async () => {
    expect(await list(['nobody'])).toMatchObject({ outcome: 'listed', requests: 1 });
    expect(world.upstream.count('list')).toBe(0);
  });

  it('passes on what a failure says of the token, and changes no generation', async () => {
    const ids = await running([{ kind: 'rate_limited', retryAfterMs: 7_000 }], [1]);
    expect(await list(ids)).toEqual({ outcome: 'error', retryAfterMs: 7_000, ofToken: true });
    expect(engine.cache.get(tokenId)).toMatchObject({ coolingUntil: expect.any(Number) as number });
    expect((await world.rows()).map(({ status }) => status)).toEqual(['in_progress', 'in_progress']);
  });

  it('counts what could not be written down as an error of that generation alone', async () => {
    const ids = await running(['completed'], [20]);
    engine.persistence.beforeApplicationShutdown();
    engine.pool.refusals = 1;
    const listing = await list(ids);
    const outcomes = listing.outcome === 'listed' ? [...listing.observations.values()] : [];
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['error', 'pending']);
  });

  it('brings generations of one token to their end with few requests', async () => {
    await running(...Array.from({ length: 5 }, () => [20, 40, 60, 80]));
    await engine.pass(60_000, 500);
    expect((await world.rows()).map(({ status }) => status)).toEqual(
      Array.from({ length: 5 }, () => 'completed'),
    );
    expect(world.upstream.count('list')).toBeGreaterThan(0);
    expect(world.upstream.count('list') + world.upstream.count('poll')).toBeLessThan(15);
  });
});
