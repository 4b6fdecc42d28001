import { failed, skipped, succeeded, type BatchStore, type ItemEnd, type ItemOutcome } from 'penstock/batch';
import { beforeEach, describe, expect, it } from 'vitest';

import { aBatch, anItem } from './a-batch.js';

const NOW = 1_700_000_001_000;
const DONE = succeeded('valid', { changes: ['enabled'] });

/** What every {@link BatchStore} must do. `create` gives an empty one. */
export function describeBatchStore(name: string, create: () => BatchStore | Promise<BatchStore>): void {
  describe(`${name} is a BatchStore`, () => {
    let store: BatchStore;
    const endOf = (outcome: ItemOutcome = DONE, more: Partial<ItemEnd> = {}): ItemEnd => ({
      ...outcome,
      tries: 1,
      durationMs: 12,
      ...more,
    });
    const open = async (id: string, items: number): Promise<void> => {
      await store.create(aBatch({ id }));
      await store.addItems(
        id,
        Array.from({ length: items }, (_, index) => anItem(index + 1)),
      );
      await store.open(id, NOW);
    };
    const finish = async (id: string, position: number, end = endOf()): Promise<boolean> => {
      expect(await store.begin(id, position, NOW)).toBe(true);
      return store.finish(id, position, end);
    };
    const states = async (id: string): Promise<unknown> => {
      const { counts } = (await store.tallies([id])).get(id) ?? {};
      return [counts?.pending, counts?.running, counts?.succeeded, counts?.failed, counts?.skipped];
    };
    beforeEach(async () => {
      store = await create();
    });

    it('gives back a batch as it was made, and knows no other', async () => {
      const limits = { ...aBatch().limits, onError: 'stop' as const, dryRun: true, intervalMs: 1.5 };
      const batch = aBatch({ limits, input: { ids: ['ö'], nested: { a: null } } });
      await store.create(batch);
      expect(await store.get('batch_1')).toEqual(batch);
      expect(await store.get('batch_2')).toBeNull();
      expect(await store.unfinished()).toEqual([batch]);
    });

    it('opens a batch with all of its items', async () => {
      await open('batch_1', 3);
      expect(await store.get('batch_1')).toMatchObject({ state: 'running', startedAt: NOW, total: 3 });
      expect(await states('batch_1')).toEqual([3, 0, 0, 0, 0]);
      const [first] = await store.pending('batch_1', 0, 1);
      expect(first).toEqual({
        batchId: 'batch_1',
        position: 1,
        key: 'item 1',
        label: 'item 1',
        payload: 'payload of item 1',
        state: 'pending',
        attempts: 0,
        result: null,
        reason: null,
        changes: [],
        subject: null,
        startedAt: null,
        durationMs: null,
        sequence: null,
      });
    });

    it('hands out pending items in order, page by page, whatever their gaps', async () => {
      await store.create(aBatch());
      await store.addItems(
        'batch_1',
        [7, 2].map((position) => anItem(position)),
      );
      await store.addItems('batch_1', [anItem(100, { key: null, payload: null })]);
      await store.open('batch_1', NOW);
      const pages = [await store.pending('batch_1', 0, 2), await store.pending('batch_1', 7, 2)];
      expect(pages.map((page) => page.map(({ position }) => position))).toEqual([[2, 7], [100]]);
      expect(pages[1]?.[0]).toMatchObject({ key: null, payload: null });
    });

    it('takes many items', async () => {
      await open('batch_1', 1_200);
      expect(await states('batch_1')).toEqual([1_200, 0, 0, 0, 0]);
      expect(await store.pending('batch_1', 1_000, 500)).toHaveLength(200);
    });

    it('keeps items whose outcome is known already out of the run', async () => {
      await store.create(aBatch());
      const outcome = skipped('duplicate', { reason: 'The same as line 1.' });
      await store.addItems('batch_1', [anItem(1), anItem(2, { outcome }), anItem(3, { outcome })]);
      await store.open('batch_1', NOW);
      expect(await states('batch_1')).toEqual([1, 0, 0, 0, 2]);
      const [second, third] = await store.results('batch_1', 0, 10);
      expect([second, third]).toMatchObject([
        { ...outcome, position: 2, payload: null, attempts: 0 },
        { position: 3 },
      ]);
      expect(second?.sequence).toBeLessThan(third?.sequence ?? 0);
    });

    it('begins an item once', async () => {
      await open('batch_1', 1);
      const begun = await Promise.all([1, 2, 3].map(() => store.begin('batch_1', 1, NOW)));
      expect(begun.filter(Boolean)).toHaveLength(1);
      expect(await states('batch_1')).toEqual([0, 1, 0, 0, 0]);
      expect(await store.begin('batch_1', 99, NOW)).toBe(false);
    });

    it('gives an item one result, the first', async () => {
      await open('batch_1', 1);
      expect(await store.finish('batch_1', 1, endOf())).toBe(false);
      await store.begin('batch_1', 1, NOW);
      const ends = [endOf(), endOf(failed('error'))].map((end) => store.finish('batch_1', 1, end));
      expect(await Promise.all(ends)).toEqual([true, false]);
      expect(await store.results('batch_1', 0, 10)).toMatchObject([
        { ...DONE, startedAt: NOW, durationMs: 12, attempts: 1, payload: null, position: 1 },
      ]);
    });

    it('counts the tries, and keeps the payload of what failed', async () => {
      await open('batch_1', 2);
      await finish('batch_1', 1, endOf(failed('error', { reason: 'No.' }), { tries: 3 }));
      const [item] = await store.results('batch_1', 0, 10);
      expect(item).toMatchObject({
        attempts: 3,
        payload: 'payload of item 1',
        reason: 'No.',
        state: 'failed',
      });
    });

    it('numbers results in their order, so that a reader can go on where it was', async () => {
      await open('batch_1', 5);
      for (const position of [4, 1, 5]) await finish('batch_1', position);
      const first = await store.results('batch_1', 0, 2);
      expect(first.map(({ position }) => position)).toEqual([4, 1]);
      await finish('batch_1', 2);
      const rest = await store.results('batch_1', first[1]?.sequence ?? 0, 10);
      expect(rest.map(({ position }) => position)).toEqual([5, 2]);
      expect((await store.get('batch_1'))?.revision).toBeGreaterThanOrEqual(rest[1]?.sequence ?? Infinity);
    });

    it('makes a released item pending again', async () => {
      await open('batch_1', 1);
      await store.begin('batch_1', 1, NOW);
      await store.release('batch_1', 1);
      await store.release('batch_1', 1);
      expect(await states('batch_1')).toEqual([1, 0, 0, 0, 0]);
      expect(await finish('batch_1', 1)).toBe(true);
    });

    it('winds up once: what has not begun is skipped, what runs may end', async () => {
      await open('batch_1', 4);
      await store.begin('batch_1', 1, NOW);
      await store.begin('batch_1', 2, NOW);
      expect(await store.wind('batch_1', 'cancelled', 'Enough.')).toBe(true);
      expect(await store.wind('batch_1', 'stopped', 'No.')).toBe(false);
      expect(await states('batch_1')).toEqual([0, 2, 0, 0, 2]);
      await store.end('batch_1', NOW);
      expect(await store.get('batch_1')).toMatchObject({
        state: 'running',
        ending: 'cancelled',
        reason: 'Enough.',
      });
      expect(await store.finish('batch_1', 1, endOf())).toBe(true);
      await store.release('batch_1', 2);
      await store.end('batch_1', NOW);
      expect(await states('batch_1')).toEqual([0, 0, 1, 0, 3]);
      expect(await store.get('batch_1')).toMatchObject({ state: 'cancelled', endedAt: NOW });
      const sequences = (await store.results('batch_1', 0, 10)).map(({ sequence }) => sequence);
      expect(new Set(sequences).size).toBe(4);
      expect(await store.wind('batch_1', 'stopped', 'No.')).toBe(false);
    });

    it('ends a batch only when every item has its result', async () => {
      await open('batch_1', 2);
      await finish('batch_1', 1);
      await store.end('batch_1', NOW);
      expect((await store.get('batch_1'))?.state).toBe('running');
      await finish('batch_1', 2);
      await store.end('batch_1', NOW);
      expect(await store.get('batch_1')).toMatchObject({ state: 'completed', endedAt: NOW });
      expect(await store.unfinished()).toEqual([]);
    });

    it('recovers what was running: again, or given up', async () => {
      await open('again', 2);
      await store.begin('again', 1, NOW);
      await store.recover('again', { kind: 'again' });
      expect(await states('again')).toEqual([2, 0, 0, 0, 0]);
      await open('given-up', 2);
      await store.begin('given-up', 1, NOW);
      const outcome = failed('interrupted', { reason: 'It ended.' });
      await store.recover('given-up', { kind: 'give-up', outcome });
      expect(await states('given-up')).toEqual([1, 0, 0, 1, 0]);
      expect(await store.results('given-up', 0, 10)).toMatchObject([{ ...outcome, attempts: 1 }]);
      await open('ending', 2);
      await store.begin('ending', 1, NOW);
      await store.wind('ending', 'stopped', 'It failed.');
      await store.recover('ending', { kind: 'again' });
      expect(await states('ending')).toEqual([0, 0, 0, 0, 2]);
    });

    it('retries the failed items of an ended batch, and nothing else', async () => {
      await open('batch_1', 3);
      await finish('batch_1', 1, endOf(failed('error')));
      expect(await store.retry('batch_1')).toBe(0);
      await finish('batch_1', 2);
      await finish('batch_1', 3, endOf(failed('error')));
      await store.end('batch_1', NOW);
      const before = await store.get('batch_1');
      expect(await store.retry('batch_1')).toBe(2);
      expect(await states('batch_1')).toEqual([2, 0, 1, 0, 0]);
      const after = await store.get('batch_1');
      expect(after).toMatchObject({ state: 'running', ending: null, endedAt: null });
      expect(after?.revision).toBeGreaterThan(before?.revision ?? Infinity);
      await finish('batch_1', 1);
      await finish('batch_1', 3);
      await store.end('batch_1', NOW);
      expect(await store.retry('batch_1')).toBe(0);
      expect((await store.get('batch_1'))?.state).toBe('completed');
    });

    it('tells how often each result and change was had, of many batches at once', async () => {
      await open('batch_1', 4);
      await finish('batch_1', 1);
      await finish('batch_1', 2);
      await finish('batch_1', 3, endOf(succeeded('invalid', { changes: ['disabled', 'warned'] })));
      await open('batch_2', 2);
      await finish('batch_2', 2);
      const none = { pending: 0, running: 0, succeeded: 0, failed: 0, skipped: 0 };
      const tallies = await store.tallies(['batch_1', 'batch_2', 'batch_3']);
      expect(Object.fromEntries(tallies)).toEqual({
        batch_1: {
          counts: { ...none, pending: 1, succeeded: 3 },
          results: { valid: 2, invalid: 1 },
          changes: { enabled: 2, disabled: 1, warned: 1 },
        },
        batch_2: {
          counts: { ...none, pending: 1, succeeded: 1 },
          results: { valid: 1 },
          changes: { enabled: 1 },
        },
        batch_3: { counts: none, results: {}, changes: {} },
      });
      expect(await store.tallies([])).toEqual(new Map());
    });

    it('keeps batches apart, and forgets a discarded one', async () => {
      await open('one', 2);
      await open('two', 2);
      await finish('one', 1);
      expect(await states('two')).toEqual([2, 0, 0, 0, 0]);
      expect((await store.unfinished()).map(({ id }) => id)).toEqual(['one', 'two']);
      await store.discard('one');
      await store.discard('one');
      expect(await store.get('one')).toBeNull();
      await open('one', 1);
      expect(await states('one')).toEqual([1, 0, 0, 0, 0]);
    });
  });
}
