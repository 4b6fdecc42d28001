import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Generation } from '../generation.entity.js';
import { OWNER, TestEngine } from '../testing/test-engine.js';
import { TestWorld } from '../testing/test-world.js';

describe('a cancellation', () => {
  let world: TestWorld;
  let engine: TestEngine;

  beforeEach(async () => {
    world = await TestWorld.create();
    await world.addToken(1);
    engine = await TestEngine.start(world);
  });
  afterEach(() => world.end());

  const cancel = ({ id }: Generation): Promise<Generation> => engine.generations.cancel(id, OWNER);
  const running = async (): Promise<Generation> => {
    world.upstream.plans.push([10, 20, 30, 40, 50]);
    const generation = await engine.create();
    await engine.pass(100);
    return generation;
  };

  it('takes what waits out of the queue, without an attempt', async () => {
    await running();
    const waiting = await engine.create({ prompt: 'waiting' });
    expect(await cancel(waiting)).toMatchObject({ status: 'cancelled', attempts: 0 });
    expect(world.upstream.count('submit waiting')).toBe(0);
    expect(engine.queue.stats().waiting).toBe(0);
  });

  it('stops what runs, upstream too, and polls it no more', async () => {
    const generation = await running();
    await engine.pass(6_000);
    expect(await engine.passUntil(cancel(generation))).toMatchObject({ status: 'cancelled', polls: 1 });
    expect(world.upstream.jobs).toMatchObject([{ end: 'cancelled' }]);
    expect(engine.scheduler.stats().tracked).toBe(0);
    expect(engine.balancer.stats().inFlight).toBe(0);
  });

  it.each(['refuses', 'silent'] as const)('is carried out when the upstream %s', async (cancelling) => {
    world.upstream.cancelling = cancelling;
    const generation = await running();
    expect(await engine.passUntil(cancel(generation))).toMatchObject({ status: 'cancelled' });
    await engine.pass(60_000);
    expect(await engine.read(generation.id)).toMatchObject({ status: 'cancelled' });
    expect(engine.scheduler.stats().tracked).toBe(0);
  });

  it('of what is on its way waits for the answer', async () => {
    world.upstream.submissions.push({ answer: 'job', delayMs: 1_000 });
    const generation = await engine.create();
    await engine.settled();
    expect(await cancel(generation)).toMatchObject({ status: 'submitting', cancelRequested: true });
    await engine.pass(1_500);
    expect(await engine.read(generation.id)).toMatchObject({ status: 'cancelled', upstreamId: 'job-1' });
    expect(world.upstream.jobs).toMatchObject([{ end: 'cancelled' }]);
  });

  it('of what is refused meanwhile does not wait for another token', async () => {
    world.upstream.submissions.push({
      answer: { kind: 'rate_limited', retryAfterMs: 60_000 },
      delayMs: 1_000,
    });
    const generation = await engine.create();
    await engine.settled();
    await cancel(generation);
    await engine.pass(1_500);
    expect(await engine.read(generation.id)).toMatchObject({ status: 'cancelled', attempts: 1 });
    expect(engine.queue.stats().waiting).toBe(0);
  });

  it('that comes just as a refusal puts it back takes it out of the queue', async () => {
    world.upstream.submissions.push({ answer: { kind: 'rate_limited', retryAfterMs: 60_000 }, delayMs: 500 });
    const generation = await engine.create();
    await engine.settled();
    // The refusal is committed between the look and the wish.
    const change = engine.store.change.bind(engine.store);
    engine.store.change = async (id, patch, options) => {
      if (patch.cancelRequested === true) await engine.pass(1_000);
      return change(id, patch, options);
    };
    expect(await cancel(generation)).toMatchObject({ status: 'cancelled' });
    expect(engine.queue.stats().waiting).toBe(0);
  });

  it('of what waits for a pause to end holds after it', async () => {
    world.upstream.submissions.push({ answer: { kind: 'transient', retryAfterMs: null } });
    const generation = await engine.create();
    await engine.settled();
    expect(await cancel(generation)).toMatchObject({ status: 'queued', cancelRequested: true });
    await engine.pass(2_000);
    expect(await engine.read(generation.id)).toMatchObject({ status: 'cancelled', attempts: 1 });
    expect(world.upstream.count('submit')).toBe(1);
  });

  it('survives a kill', async () => {
    const generation = await running();
    world.upstream.cancelling = 'silent';
    void cancel(generation);
    await engine.settled();
    engine.kill();
    world.upstream.cancelling = 'works';
    engine = await TestEngine.start(world);
    await engine.pass(100);
    expect(await engine.read(generation.id)).toMatchObject({ status: 'cancelled' });
    expect(world.upstream.jobs).toMatchObject([{ end: 'cancelled' }]);
    expect(engine.balancer.stats().inFlight).toBe(0);
  });

  it('may be repeated, also at once', async () => {
    const generation = await running();
    const answers = await engine.passUntil(Promise.all([cancel(generation), cancel(generation)]));
    expect(answers.map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
    expect(await cancel(generation)).toMatchObject({ status: 'cancelled' });
  });

  it('of what is over is refused', async () => {
    const generation = await engine.create();
    await engine.pass(10_000);
    await expect(cancel(generation)).rejects.toMatchObject({
      code: 'already_finished',
      message: `${generation.id} is completed already; there is nothing left to cancel.`,
    });
    await expect(
      engine.generations.cancel(generation.id, { ...OWNER, keyId: 'other' }),
    ).rejects.toMatchObject({
      code: 'generation_not_found',
    });
  });
});
