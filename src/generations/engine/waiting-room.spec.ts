import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { OWNER, TestEngine } from '../testing/test-engine.js';
import { TestWorld } from '../testing/test-world.js';
import { aRequest } from '../testing/a-request.js';

describe('the wait for a token', () => {
  let world: TestWorld;
  let engine: TestEngine;
  let tokenId: string;

  beforeEach(async () => {
    world = await TestWorld.create();
    tokenId = await world.addToken(1);
    engine = await TestEngine.start(world);
    world.upstream.plans.push([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  });
  afterEach(() => world.end());

  const aGeneration = () => engine.factory.create(aRequest(), OWNER.keyId);

  it('is in turn, and everyone sees the own place', async () => {
    const created = [];
    for (let n = 0; n < 4; n += 1) created.push(await engine.create());
    await engine.settled();
    expect(created.map(({ id }) => engine.room.position(id))).toEqual([null, 1, 2, 3]);
    expect(engine.room.waiting()).toEqual(created.slice(1).map(({ id }) => id));
    expect(engine.room.position('nobody')).toBeNull();
  });

  it('may be given up, once', async () => {
    await engine.create();
    const { id } = await engine.create();
    expect(engine.room.withdraw(id)).toBe(true);
    expect(engine.room.withdraw(id)).toBe(false);
    await engine.settled();
    expect([engine.room.waiting(), engine.queue.stats().waiting]).toEqual([[], 0]);
  });

  it('leaves nothing when what waited could not be stored, lease or no lease', async () => {
    const tickets = [engine.room.enter(aGeneration()), engine.room.enter(aGeneration())];
    await engine.settled();
    expect(engine.balancer.inFlight(tokenId)).toBe(1);
    for (const ticket of tickets) engine.room.dismiss(ticket);
    await engine.settled();
    expect(engine.balancer.inFlight(tokenId)).toBe(0);
    expect([engine.room.waiting(), engine.queue.stats().waiting]).toEqual([[], 0]);
  });

  it('asks for the provider and the token that the generation is bound to', async () => {
    expect(() => engine.room.enter({ ...aGeneration(), requestedProvider: 'other' })).toThrow(
      'No token can serve sora-2: there is no token of other.',
    );
    const remix = { ...aGeneration(), remixOf: 'video_1', tokenId: 'tok_9' };
    expect(() => engine.room.enter(remix)).toThrow('token tok_9 is gone');
    expect(() => engine.room.enter(aGeneration(), { excluded: new Set([tokenId]) })).toThrow('1 excluded');
  });

  it('ends after its timeout as failed, unless its turn came', async () => {
    engine.kill();
    engine = await TestEngine.start(world, { settings: { queueTimeoutMs: 30_000 } });
    const [served, waiting] = [await engine.create(), await engine.create()];
    await engine.pass(20_000, 1_000);
    const late = await engine.create();
    await engine.pass(15_000, 1_000);
    const statuses = [served, waiting, late].map(({ id }) => engine.store.live(id)?.status);
    expect(statuses).toEqual(['in_progress', undefined, 'queued']);
    expect(await engine.read(waiting.id)).toMatchObject({
      status: 'failed',
      errorCode: 'queue_timeout',
      attempts: 0,
    });
  });

  it('is over for all when the process ends', async () => {
    await engine.create();
    const { id } = await engine.create();
    engine.room.beforeApplicationShutdown();
    await engine.settled();
    expect(engine.room.waiting()).toEqual([]);
    expect(engine.store.live(id)).toMatchObject({ status: 'queued' });
    expect(() => engine.room.enter(aGeneration())).toThrow(
      expect.objectContaining({ code: 'shutting_down', retryAfterMs: 1_000 }),
    );
  });
});
