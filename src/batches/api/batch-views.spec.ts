import type { BatchRecord } from 'penstock/batch';
import { startBatchWorld, type BatchWorld } from 'penstock/batch/testing';
import { describe, expect, it } from 'vitest';

import { BatchViews } from './batch-views.js';

const items = (count: number, name: string) =>
  Array.from({ length: count }, (_, index) => ({ tookMs: 250, key: `${name} ${String(index)}` }));

describe('the view of a batch', () => {
  const now = async ({ store }: BatchWorld, id: string): Promise<BatchRecord> => {
    const batch = await store.get(id);
    if (batch === null) throw new Error(`Batch ${id} is gone.`);
    return batch;
  };

  it('tells the pace, and how long the rest takes at that', async () => {
    const world = await startBatchWorld();
    const views = new BatchViews(world.store, world.runner);
    const { id } = await world.create(items(10, 'a'), { concurrency: 1 });
    expect(await views.of(await now(world, id))).toMatchObject({ perSecond: null, etaMs: null });
    await world.clock.advance(1_000);
    expect(await views.of(await now(world, id))).toMatchObject({
      counts: { total: 10, pending: 5, running: 1, succeeded: 4 },
      perSecond: 4,
      etaMs: 1_500,
    });
    await world.clock.advance(2_000);
    expect(await views.of(await now(world, id))).toMatchObject({
      state: 'completed',
      perSecond: null,
      etaMs: null,
    });
  });

  it('shows many as it shows each', async () => {
    const world = await startBatchWorld();
    const views = new BatchViews(world.store, world.runner);
    const made = [
      await world.create(items(4, 'a')),
      await world.create(items(2, 'b')),
      await world.create([]),
    ];
    await world.clock.advance(600);
    const batches = await Promise.all(made.map(({ id }) => now(world, id)));
    const shown = await views.all(batches);
    expect(shown).toEqual(await Promise.all(batches.map((batch) => views.of(batch))));
    expect(shown.map(({ counts }) => counts.succeeded)).toEqual([4, 2, 0]);
  });
});
