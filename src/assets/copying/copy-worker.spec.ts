import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { CopiesWorld } from '../testing/copies-world.js';

describe('CopyWorker', () => {
  let world: CopiesWorld;
  beforeEach(async () => {
    world = await CopiesWorld.create();
  });
  afterEach(() => world.end());

  const becomes = (id: string, status: string): Promise<void> =>
    expect.poll(() => world.statusOf(id)).toBe(status);
  const attempts = (id: string): Promise<void> =>
    expect.poll(async () => [(await world.copyOf(id)).attempts, world.worker.active]).toEqual([1, 0]);
  const rests = (): Promise<void> => expect.poll(() => world.worker.active).toBe(0);

  it('takes up at the start what was left', async () => {
    const ids = [await world.completed(), await world.completed()];
    world.worker.onApplicationBootstrap();
    for (const id of ids) await becomes(id, 'stored');
    expect(world.upstream.asked.toSorted()).toEqual(ids.toSorted());
  });

  it('is woken by what is recorded', async () => {
    world.worker.onApplicationBootstrap();
    const id = await world.completed();
    world.recorder.recorded();
    await becomes(id, 'stored');
  });

  it('makes no more at once than it may, each once, and goes on as there is room', async () => {
    world.settings.maxActive = 2;
    const ids: string[] = [];
    const release = new Map<string, () => void>();
    for (let n = 0; n < 5; n += 1) {
      const id = await world.completed(`film ${String(n)}`);
      ids.push(id);
      release.set(id, world.upstream.hold(id));
    }
    for (let n = 0; n < 20; n += 1) world.worker.wake();
    for (let done = 0; done < ids.length; done += 1) {
      const expected = Math.min(done + 2, ids.length);
      await expect.poll(() => world.upstream.asked.length).toBe(expected);
      expect(world.worker.active).toBeLessThanOrEqual(2);
      release.get(world.upstream.asked[done] ?? '')?.();
    }
    for (const id of ids) await becomes(id, 'stored');
    expect(world.upstream.asked).toHaveLength(5);
  });

  it('tries again when the pause is over, and not before', async () => {
    const id = await world.completed(new Error('not yet'));
    world.worker.wake();
    await attempts(id);
    world.upstream.set(id, 'now');
    await world.clock.advance(4_000);
    world.worker.wake();
    await rests();
    expect(await world.statusOf(id)).toBe('pending');
    await expect
      .poll(async () => {
        await world.clock.advance(1_000);
        return world.statusOf(id);
      })
      .toBe('stored');
  });

  it('does not wait longer than was meant after the clock is set back', async () => {
    const id = await world.completed(new Error('not yet'));
    world.worker.wake();
    await attempts(id);
    world.upstream.set(id, 'now');
    world.clock.jump(-365 * 24 * 60 * 60_000);
    world.worker.wake();
    await becomes(id, 'stored');
  });

  it('lets what is due go first although others lie before it after the clock is set back', async () => {
    world.settings.maxActive = 1;
    const late = await world.completed(new Error('not yet'));
    await world.attempt(late);
    world.upstream.set(late, 'now');
    world.clock.jump(-60 * 60_000);
    const waiting = await world.completed(new Error('never'));
    await world.attempt(waiting);
    world.worker.wake();
    await becomes(late, 'stored');
    expect(await world.copyOf(waiting)).toMatchObject({ status: 'pending', attempts: 1 });
  });

  it('counts attempts by what became of them', async () => {
    world.settings.maxAttempts = 1;
    const stored = await world.completed();
    const dead = await world.completed(new Error('no'));
    world.worker.wake();
    await becomes(stored, 'stored');
    await becomes(dead, 'dead');
    await rests();
    const text = await world.metrics.metrics();
    for (const outcome of ['stored', 'dead'])
      expect(text).toContain(`penstock_asset_copy_attempts_total{outcome="${outcome}"} 1`);
  });

  it('stops what is under way at the end, and begins nothing more', async () => {
    const id = await world.completed();
    const go = world.upstream.hold(id);
    world.worker.wake();
    await expect.poll(() => world.worker.active).toBe(1);
    const ended = world.worker.beforeApplicationShutdown();
    go();
    await ended;
    world.worker.wake();
    expect([world.worker.active, world.clock.pendingTimers]).toEqual([0, 0]);
    expect(await world.copyOf(id)).toMatchObject({ status: 'pending', attempts: 0 });
    expect(await world.files()).toEqual([]);
  });
});
