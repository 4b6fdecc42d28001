import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it } from 'vitest';

import { aBatch, anItem, startBatchWorld, type BatchWorld } from '../testing/index.js';
import { MemoryBatchStore } from './strategies/memory-batch-store.js';

const items = (count: number, script: object = {}) => Array.from({ length: count }, () => script);

/** What a store keeps, as a process finds it that comes after a kill. */
class SurvivingStore extends MemoryBatchStore {
  dead = false;

  override async finish(...args: Parameters<MemoryBatchStore['finish']>): Promise<boolean> {
    if (this.dead) return new Promise(() => undefined);
    return super.finish(...args);
  }
}

describe('a batch that the end of the process interrupts', () => {
  let store: SurvivingStore;
  let world: BatchWorld;
  beforeEach(async () => {
    Logger.overrideLogger(false);
    store = new SurvivingStore();
    world = await startBatchWorld({ store, traits: { idempotent: true } });
  });

  it('goes on where it stood, and runs again what was running, if that is safe', async () => {
    const { id } = await world.create(items(5, { tookMs: 100 }), { concurrency: 2 });
    await world.clock.advance(150);
    store.dead = true;
    expect(await world.counts(id)).toEqual([1, 2, 2, 0, 0]);
    await world.clock.advance(1_000);
    store.dead = false;
    const next = await startBatchWorld({ store, traits: { idempotent: true } });
    await next.clock.advance(1_000);
    expect(next.operation.starts.map(({ label }) => label)).toEqual(['item 3', 'item 4', 'item 5']);
    expect(await next.counts(id)).toEqual([0, 0, 5, 0, 0]);
    expect(await next.state(id)).toBe('completed');
  });

  it('gives up what was running, if running it again is not safe', async () => {
    const { id } = await world.create(items(4, { tookMs: 100 }), { concurrency: 2 });
    await world.clock.advance(50);
    const next = await startBatchWorld({ store });
    await next.clock.advance(1_000);
    expect(next.operation.starts.map(({ label }) => label)).toEqual(['item 3', 'item 4']);
    expect((await next.store.tallies([id])).get(id)).toMatchObject({ results: { interrupted: 2, done: 2 } });
  });

  it('removes a batch that was not accepted yet', async () => {
    await store.create(aBatch({ operation: 'test.script' }));
    await store.addItems('batch_1', [anItem(1)]);
    const next = await startBatchWorld({ store });
    expect(await store.get('batch_1')).toBeNull();
    await next.clock.advance(1_000);
    expect(next.operation.starts).toEqual([]);
  });

  it('stops a batch whose operation is gone', async () => {
    await store.create(aBatch({ operation: 'other.plugin' }));
    await store.addItems('batch_1', [anItem(1)]);
    await store.open('batch_1', 1);
    const next = await startBatchWorld({ store });
    expect(await next.store.get('batch_1')).toMatchObject({
      state: 'stopped',
      reason: expect.stringContaining('plugin') as unknown,
    });
    await expect(next.runner.retry('batch_1')).rejects.toMatchObject({ code: 'batch_operation_not_found' });
  });

  it('ends what was being cancelled', async () => {
    const { id } = await world.create(items(5, { tookMs: 100 }));
    await world.clock.advance(50);
    await store.wind(id, 'cancelled', 'Enough.');
    const next = await startBatchWorld({ store, traits: { idempotent: true } });
    await next.clock.advance(1_000);
    expect([await next.state(id), next.operation.starts.length]).toEqual(['cancelled', 0]);
  });

  it('waits at a shutdown for what is under way, and begins nothing more', async () => {
    const { id } = await world.create(items(6, { tookMs: 1_000 }), { intervalMs: 300, concurrency: 3 });
    await world.clock.advance(400);
    let isDown = false;
    const down = world.runner.beforeApplicationShutdown().then(() => (isDown = true));
    await world.clock.advance(600);
    expect(isDown).toBe(false);
    await world.clock.advance(400);
    await down;
    expect(await world.counts(id)).toEqual([4, 0, 2, 0, 0]);
    expect(await world.state(id)).toBe('running');
    expect(world.clock.pendingTimers).toBe(0);
  });

  it('leaves to the next start what does not end in time at a shutdown, or waits for another try', async () => {
    const { id } = await world.create([{ tookMs: 60_000 }, { throws: 1 }], { retries: 3, timeoutMs: 90_000 });
    await world.clock.advance(10);
    const down = world.runner.beforeApplicationShutdown();
    await world.clock.advance(20_000);
    await down;
    expect(await world.counts(id)).toEqual([1, 1, 0, 0, 0]);
  });

  it('waits for a store that fails, and loses no result', async () => {
    let failures = 5;
    class FailingStore extends MemoryBatchStore {
      override async finish(...args: Parameters<MemoryBatchStore['finish']>): Promise<boolean> {
        if ((failures -= 1) > 0) throw new Error('the disk is full');
        return super.finish(...args);
      }
    }
    const other = await startBatchWorld({ store: new FailingStore() });
    const { id } = await other.create(items(3));
    await other.clock.advance(60_000);
    expect(await other.counts(id)).toEqual([0, 0, 3, 0, 0]);
    expect(other.operation.starts).toHaveLength(3);
  });
});
