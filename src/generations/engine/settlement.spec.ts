import { Readable } from 'node:stream';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Generation } from '../generation.entity.js';
import { TestEngine } from '../testing/test-engine.js';
import { TestWorld } from '../testing/test-world.js';

describe('Settlement', () => {
  let world: TestWorld;
  let engine: TestEngine;
  let tokenId: string;

  beforeEach(async () => {
    world = await TestWorld.create();
    tokenId = await world.addToken(1);
    world.upstream.plans.push([10, 20, 30, 40, 50, 60]);
    engine = await TestEngine.start(world);
  });
  afterEach(() => world.end());

  const running = async (): Promise<string> => {
    const { id } = await engine.create();
    await engine.settled();
    expect(engine.store.live(id)).toMatchObject({ status: 'in_progress', tokenId });
    return id;
  };

  it('ends, too, when what is written along with it violates a constraint at first', async () => {
    const id = await running();
    let times = 0;
    engine.recorders.add({
      admit: () => undefined,
      concerns: () => true,
      record: async (manager, generation) => {
        times += 1;
        if (times === 1) await manager.insert(Generation, generation);
      },
      recorded: () => undefined,
    });
    const settled = engine.settlement.settle(id, { status: 'failed', code: 'boom', message: 'it broke' });
    expect(await engine.passUntil(settled)).toMatchObject({ id, status: 'failed' });
    expect([times, engine.store.live(id)]).toEqual([2, undefined]);
  });

  it.each([
    [
      { status: 'completed', assets: [{ name: 'video', contentType: 'video/mp4', bytes: 1 }] } as const,
      { progress: 100, errorCode: null },
      { completed: 1, failed: 0 },
    ],
    [
      { status: 'failed', code: 'boom', message: 'it broke' } as const,
      { errorCode: 'boom', errorMessage: 'it broke' },
      { completed: 0, failed: 1 },
    ],
    [{ status: 'cancelled' } as const, { errorCode: null }, { completed: 0, failed: 0 }],
  ])('ends as $status: commits, counts, and gives the lease back', async (ending, columns, counts) => {
    const id = await running();
    const settled = await engine.settlement.settle(id, ending, { polls: 7 });
    expect(settled).toMatchObject({
      ...columns,
      status: ending.status,
      polls: 7,
      completedAt: world.clock.now(),
    });
    expect(await world.rows()).toEqual([settled]);
    expect(engine.counters.pending(tokenId)).toMatchObject({ total: counts, today: counts });
    expect(engine.balancer.inFlight(tokenId)).toBe(0);
    expect(engine.store.live(id)).toBeUndefined();
  });

  it('lets the first of several endings hold', async () => {
    const id = await running();
    const endings = [
      { status: 'cancelled' },
      { status: 'failed', code: 'late', message: '' },
      { status: 'completed', assets: [] },
    ] as const;
    const settled = await Promise.all(endings.map((ending) => engine.settlement.settle(id, ending)));
    expect(settled.map((generation) => generation?.status ?? null)).toEqual(['cancelled', null, null]);
    expect(await engine.settlement.settle(id, { status: 'cancelled' })).toBeNull();
  });

  it('keeps the lease until the ending is stored, however long that takes', async () => {
    const id = await running();
    engine.pool.refusals = 3;
    const settled = engine.settlement.settle(id, { status: 'cancelled' });
    await engine.settled();
    expect(engine.balancer.inFlight(tokenId)).toBe(1);
    expect(await engine.passUntil(settled)).toMatchObject({ status: 'cancelled' });
    expect(engine.balancer.inFlight(tokenId)).toBe(0);
  });

  it('drops the reference file', async () => {
    const file = { filename: 'a.png', contentType: 'image/png' };
    const reference = await engine.files.save(Readable.from([Buffer.from('png')]), file);
    const { id } = await engine.create({ reference });
    await engine.settled();
    const input = engine.files.open(reference);
    if (input?.type !== 'file') throw new Error('expected a file');
    expect(await (await input.open()).text()).toBe('png');
    await engine.settlement.settle(id, { status: 'cancelled' });
    await expect(input.open()).rejects.toThrow('The reference file of this generation is gone.');
  });
});
