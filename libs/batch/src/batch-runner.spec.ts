import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it } from 'vitest';

import { startBatchWorld, type BatchWorld } from '../testing/index.js';
import { failed } from './outcome.js';

const items = (count: number, script: object = {}) => Array.from({ length: count }, () => script);

describe('a batch', () => {
  let world: BatchWorld;
  beforeEach(async () => {
    Logger.overrideLogger(false);
    world = await startBatchWorld({ pageSize: 2 });
  });

  it('runs every item, and ends', async () => {
    const { id } = await world.create(items(7, { tookMs: 100 }));
    await world.clock.advance(99);
    expect(await world.counts(id)).toEqual([4, 3, 0, 0, 0]);
    expect(world.runner.active).toBe(1);
    await world.clock.advance(1_000);
    expect(await world.counts(id)).toEqual([0, 0, 7, 0, 0]);
    expect(await world.store.get(id)).toMatchObject({
      state: 'completed',
      ending: null,
      input: { items: 7 },
    });
    expect([world.runner.active, world.clock.pendingTimers, world.operation.maxAtOnce]).toEqual([0, 0, 3]);
  });

  it('ends at once without items', async () => {
    const { id } = await world.create([]);
    await world.clock.advance(0);
    expect(await world.state(id)).toBe('completed');
  });

  it('spaces starts, and is gentler than its operation where that is wanted', async () => {
    world.operation.limitsNow = { intervalMs: 300 };
    await world.create(items(4));
    await world.clock.advance(10_000);
    await world.create(items(3), { intervalMs: 1_000, concurrency: 1 });
    await world.clock.advance(10_000);
    const at = world.operation.starts.map((start) => start.at);
    expect(at).toEqual([0, 300, 600, 900, 10_000, 11_000, 12_000]);
  });

  it('shares places and pace with other batches of its operation', async () => {
    world.operation.limitsNow = { intervalMs: 100 };
    const script = { tookMs: 500, key: null };
    const [one, two] = [await world.create(items(4, script)), await world.create(items(4, script))];
    await world.clock.advance(5_000);
    expect(world.operation.maxAtOnce).toBe(3);
    expect([await world.state(one.id), await world.state(two.id)]).toEqual(['completed', 'completed']);
    const { starts } = world.operation;
    const gaps = starts.slice(1).map(({ at }, index) => at - (starts[index]?.at ?? 0));
    expect(Math.min(...gaps)).toBe(100);
  });

  it('tries again what throws, at growing pauses, as often as it may', async () => {
    const { id } = await world.create([{ throws: 2 }, { throws: 9 }], { retries: 2 });
    await world.clock.advance(60_000);
    const [first, second] = await world.store.results(id, 0, 10);
    expect(first).toMatchObject({ label: 'item 1', state: 'succeeded', attempts: 3, durationMs: 3_000 });
    expect(second).toMatchObject({ state: 'failed', result: 'error', reason: 'try 3 fails', attempts: 3 });
    const at = world.operation.starts.filter(({ label }) => label === 'item 1').map((start) => start.at);
    expect(at).toEqual([0, 1_000, 3_000]);
  });

  it('takes an outcome as final', async () => {
    const { id } = await world.create([{ outcome: failed('refused') }], { retries: 5 });
    await world.clock.advance(60_000);
    expect(world.operation.starts).toHaveLength(1);
    expect(await world.state(id)).toBe('completed');
  });

  it('ends an item whose time is up, and gives up one that does not stop', async () => {
    const wish = { timeoutMs: 1_000, retries: 3 };
    const { id } = await world.create(
      [{ tookMs: 9_000 }, { tookMs: 9_000, deaf: true }, { tookMs: 900 }],
      wish,
    );
    await world.clock.advance(1_000);
    expect(await world.counts(id)).toEqual([0, 1, 1, 1, 0]);
    await world.clock.advance(5_000);
    const results = await world.store.results(id, 0, 10);
    const deadline = { state: 'failed', result: 'deadline_exceeded', attempts: 1 };
    expect(results).toMatchObject([
      { position: 3, state: 'succeeded' },
      { ...deadline, position: 1, reason: 'It took longer than 1000 ms.' },
      { ...deadline, position: 2, reason: expect.stringContaining('did not stop') as unknown },
    ]);
    await world.clock.advance(9_000);
    expect(world.clock.pendingTimers).toBe(0);
  });

  it('counts what comes late, but within the grace', async () => {
    const { id } = await world.create([{ tookMs: 1_500, deaf: true }], { timeoutMs: 1_000 });
    await world.clock.advance(2_000);
    expect(await world.store.results(id, 0, 1)).toMatchObject([{ state: 'succeeded', durationMs: 1_500 }]);
  });

  it('makes no pause that its time does not last for', async () => {
    const { id } = await world.create([{ throws: 9 }], { retries: 9, timeoutMs: 2_500 });
    await world.clock.advance(60_000);
    expect(world.operation.starts).toHaveLength(2);
    expect(await world.store.results(id, 0, 1)).toMatchObject([{ result: 'error', reason: 'try 2 fails' }]);
  });

  it('stops after the first failure where that is wanted', async () => {
    const script = [
      { tookMs: 50 },
      { tookMs: 10, outcome: failed('refused', { reason: 'No.' }) },
      ...items(5),
    ];
    const { id } = await world.create(script, { onError: 'stop', concurrency: 2 });
    await world.clock.advance(1_000);
    expect(await world.counts(id)).toEqual([0, 0, 1, 1, 5]);
    const reason = 'item 2 (item 2) failed: No.';
    expect(await world.store.get(id)).toMatchObject({ state: 'stopped', ending: 'stopped', reason });
  });

  it('is cancelled: what runs ends, what waits never begins', async () => {
    const { id } = await world.create(items(8, { tookMs: 100 }), { intervalMs: 40 });
    await world.clock.advance(50);
    await world.runner.cancel(id);
    await world.clock.advance(0);
    expect(await world.store.get(id)).toMatchObject({ state: 'running', ending: 'cancelled' });
    await world.clock.advance(1_000);
    expect(await world.counts(id)).toEqual([0, 0, 2, 0, 6]);
    expect(await world.state(id)).toBe('cancelled');
    expect(world.operation.starts).toHaveLength(2);
    expect(world.clock.pendingTimers).toBe(0);
    await expect(world.runner.cancel(id)).rejects.toMatchObject({ code: 'batch_ended' });
    await expect(world.runner.cancel('batch_0')).rejects.toMatchObject({ code: 'batch_not_found' });
  });

  it('retries what has failed, when it has ended', async () => {
    const { id } = await world.create([{}, { tookMs: 100, throws: 1 }]);
    await world.clock.advance(50);
    await expect(world.runner.retry(id)).rejects.toMatchObject({ code: 'batch_not_ended' });
    await world.clock.advance(100);
    expect(await world.counts(id)).toEqual([0, 0, 1, 1, 0]);
    const retried = [world.runner.retry(id), world.runner.retry(id)];
    expect((await Promise.allSettled(retried)).map(({ status }) => status).sort()).toEqual([
      'fulfilled',
      'rejected',
    ]);
    await world.clock.advance(1_000);
    expect(world.operation.starts.map(({ label }) => label)).toEqual(['item 1', 'item 2', 'item 2']);
  });

  it('only says what it would do in a dry run', async () => {
    const { id } = await world.create(items(3), { dryRun: true });
    await world.clock.advance(10);
    expect(world.operation.starts).toEqual([]);
    expect((await world.store.tallies([id])).get(id)).toMatchObject({
      results: { would_be_done: 3 },
      changes: {},
    });
  });

  it('works on one key at a time, also together with another batch, and lets others pass meanwhile', async () => {
    const one = await world.create([
      { key: 'a', tookMs: 500 },
      { key: 'a', tookMs: 500 },
    ]);
    const two = await world.create([{ key: 'a', tookMs: 500 }, { key: 'b' }, { key: null }]);
    await world.clock.advance(400);
    expect(await world.counts(two.id)).toEqual([1, 0, 2, 0, 0]);
    await world.clock.advance(5_000);
    expect(world.operation.clashes).toEqual([]);
    expect([await world.state(one.id), await world.state(two.id)]).toEqual(['completed', 'completed']);
  });

  it('tells of every change after it was stored, and how fast it goes', async () => {
    const { id } = await world.create(items(5, { tookMs: 250 }), { concurrency: 1 });
    let told = 0;
    const stop = world.changes.subscribe(id, () => (told += 1));
    await world.clock.advance(1_000);
    expect(world.runner.perSecond(id)).toBeCloseTo(4);
    await world.clock.advance(1_000);
    expect(told).toBeGreaterThanOrEqual(10);
    expect(world.runner.perSecond(id)).toBeNull();
    stop();
    await world.runner.retry(id).catch(() => undefined);
  });
});
