import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { AssetCopy } from './asset-copy.entity.js';
import { CopiesWorld } from './testing/copies-world.js';

const NOW = 1_000;

describe('CopyStore', () => {
  let world: CopiesWorld;
  beforeEach(async () => {
    world = await CopiesWorld.create();
  });
  afterEach(() => world.end());

  const add = async (changes: Partial<AssetCopy>): Promise<void> => {
    const copy: AssetCopy = {
      generationId: 'gen',
      position: 0,
      status: 'pending',
      contentType: 'video/mp4',
      sink: null,
      contentKey: null,
      bytes: null,
      sha256: null,
      attempts: 0,
      pauseMs: 0,
      nextAttemptAt: 0,
      lastError: null,
      createdAt: 0,
      storedAt: null,
      ...changes,
    };
    await world.pool.transaction((manager) => world.store.add(manager, [copy]));
  };
  const dueOf = async (limit = 100) =>
    (await world.store.due(NOW, limit)).map(({ generationId }) => generationId);

  it('tells what is due in its order, and when the next one is', async () => {
    await add({ generationId: 'now', nextAttemptAt: NOW, pauseMs: 5 });
    await add({ generationId: 'soon', nextAttemptAt: NOW + 1, pauseMs: 5 });
    await add({ generationId: 'past', nextAttemptAt: NOW - 1, pauseMs: 5 });
    await add({ generationId: 'ended', nextAttemptAt: 0, status: 'dead' });
    expect([await dueOf(), await dueOf(1)]).toEqual([['past', 'now'], ['past']]);
    expect([await world.store.nextDueAt(NOW), await world.store.nextDueAt(NOW + 1)]).toEqual([NOW + 1, null]);
  });

  it('lets nothing wait for longer than its pause, wherever the clock is set', async () => {
    const wait = fc.record({ ahead: fc.integer({ min: -50, max: 50 }), pauseMs: fc.nat({ max: 50 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(wait, { maxLength: 8 }), async (waits) => {
        await world.source.query('DELETE FROM asset_copies');
        for (const [n, { ahead, pauseMs }] of waits.entries())
          await add({ generationId: String(n), nextAttemptAt: NOW + ahead, pauseMs });
        const expected = waits.flatMap(({ ahead, pauseMs }, n) =>
          ahead <= 0 || ahead > pauseMs ? [String(n)] : [],
        );
        expect((await dueOf()).toSorted()).toEqual(expected.toSorted());
      }),
      { numRuns: 40 },
    );
  });

  it('changes only what is to be made', async () => {
    await add({});
    const copy = { generationId: 'gen', position: 0 };
    expect(await world.store.settle(copy, { status: 'dead' })).toBe(true);
    expect(await world.store.settle(copy, { status: 'stored' })).toBe(false);
    await world.store.lose(copy, NOW);
    expect(await world.statusOf('gen')).toBe('dead');
  });

  it('begins anew with a copy whose content is gone', async () => {
    await add({ status: 'stored', sink: 'disk', contentKey: 'k', attempts: 7, storedAt: 1, bytes: 3 });
    await world.store.lose({ generationId: 'gen', position: 0 }, NOW);
    expect(await world.copyOf('gen')).toMatchObject({
      status: 'pending',
      attempts: 0,
      nextAttemptAt: NOW,
      sink: null,
      contentKey: null,
      storedAt: null,
    });
  });

  it('forgets a copy as it stands, and not one that became unwanted meanwhile', async () => {
    await add({ status: 'evicted', sink: 'disk', contentKey: 'k' });
    const before = await world.copyOf('gen');
    await world.remove('gen');
    await world.store.forget(before);
    expect(await world.copyOf('gen')).toMatchObject({ status: 'unwanted', contentKey: 'k' });
    await world.store.forget(await world.copyOf('gen'));
    expect(await world.statusOf('gen')).toBeUndefined();
  });

  it('names what is to go, without that of some sinks', async () => {
    const sunk = { sink: 'disk', contentKey: 'k' };
    await add({ generationId: 'unwanted', status: 'unwanted', ...sunk });
    await add({ generationId: 'never stored', status: 'unwanted' });
    await add({ generationId: 'evicted', status: 'evicted', ...sunk });
    await add({ generationId: 'gone', status: 'evicted' });
    await add({ generationId: 'stored', status: 'stored', ...sunk });
    const leaving = async (except?: ReadonlySet<string>) =>
      (await world.store.leaving(10, except)).map(({ generationId }) => generationId).sort();
    expect(await leaving()).toEqual(['evicted', 'never stored', 'unwanted']);
    expect(await leaving(new Set(['disk']))).toEqual(['never stored']);
  });

  it('adds up each content once, of stored copies only', async () => {
    const stored = { status: 'stored', sink: 'disk', bytes: 4_000_000_000, storedAt: 1 } as const;
    expect([await world.store.storedBytes(), await world.store.evictOldest()]).toEqual([0, null]);
    await add({ ...stored, generationId: 'a', contentKey: 'k' });
    await add({ ...stored, generationId: 'b', contentKey: 'k' });
    await add({ ...stored, generationId: 'c', contentKey: 'l', storedAt: 2 });
    await add({ ...stored, generationId: 'd', contentKey: 'm', status: 'evicted' });
    expect(await world.store.storedBytes()).toBe(8_000_000_000);
    expect(await world.store.evictOldest()).toBe(4_000_000_000);
    expect(await world.store.storedBytes()).toBe(4_000_000_000);
  });
});
