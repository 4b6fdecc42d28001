import type { PooledDataSource } from 'penstock/database';
import { SeededRandom } from 'penstock/kernel/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Outcome } from '../ledger/usage-row.entity.js';
import { EVER, UsageWorld } from './usage-world.js';

const HOUR_MS = 3_600_000;

/** What the ledger must do on every database. */
export function describeUsageLedger(where: string, make: () => Promise<PooledDataSource>): void {
  describe(`the ledger ${where}`, () => {
    let world: UsageWorld;
    beforeEach(async () => {
      world = new UsageWorld(await make());
    });
    afterEach(() => world.source.destroy());

    it('counts by day, key, token, model and outcome, with seconds of what was made only', async () => {
      const { clock } = world;
      const one = await world.asked('key_1', { parameters: {} });
      const other = await world.asked('key_2', { parameters: { seconds: '8' } });
      const failing = await world.asked();
      for (const [{ id }, token] of [
        [one, 'tok_1'],
        [other, 'tok_2'],
        [failing, 'tok_1'],
      ] as const)
        await world.accepted(id, token);
      await clock.advance(90_000);
      await world.ended(one.id, 'completed');
      await world.ended(other.id, 'completed');
      await world.ended(failing.id, 'failed');
      await world.ended((await world.asked('key_1', { model: 'picture', kind: 'image' })).id, 'cancelled');
      const none = { completed: 0, failed: 0, cancelled: 0, mediaMs: 0, workMs: 0 };
      const place = { day: '2026-03-01', token: 'tok_1', model: 'sora-2' };
      expect(await world.sums(['key', 'day', 'token', 'model'])).toEqual([
        { ...none, ...place, key: 'key_1', token: '', model: 'picture', cancelled: 1 },
        { ...none, ...place, key: 'key_1', completed: 1, failed: 1, mediaMs: 4_000, workMs: 90_000 },
        { ...none, ...place, key: 'key_2', token: 'tok_2', completed: 1, mediaMs: 8_000, workMs: 90_000 },
      ]);
      expect(await world.sums([], { key: 'key_1', token: 'tok_1' })).toMatchObject([
        { completed: 1, failed: 1 },
      ]);
      expect(await world.sums([], { from: '2026-03-02' })).toEqual([none]);
    });

    it('counts on the day of the request in UTC, whenever it ends', async () => {
      await world.clock.advance(12 * HOUR_MS - 1);
      const last = await world.asked();
      await world.clock.advance(1);
      const first = await world.asked();
      await world.clock.advance(30 * HOUR_MS);
      await world.ended(last.id, 'completed');
      await world.ended(first.id, 'completed');
      const days = await world.sums(['day']);
      expect(days.map(({ day, completed }) => [day, completed])).toEqual([
        ['2026-03-01', 1],
        ['2026-03-02', 1],
      ]);
    });

    it('counts none of two endings twice, and many endings of one row at once, all', async () => {
      const asked = await Promise.all(Array.from({ length: 40 }, () => world.asked()));
      for (const { id } of asked) await world.accepted(id);
      const outcomes = ['completed', 'failed', 'cancelled'] as const;
      const ends = await Promise.all(
        asked.flatMap(({ id }) => outcomes.map(async (each) => [each, await world.ended(id, each)] as const)),
      );
      const won = (outcome: Outcome): number => ends.filter(([each, did]) => did && each === outcome).length;
      const [sum] = await world.sums();
      expect(sum).toMatchObject({
        completed: won('completed'),
        failed: won('failed'),
        cancelled: won('cancelled'),
      });
      expect(won('completed') + won('failed') + won('cancelled')).toBe(40);
    });

    it('counts nothing in a transaction that fails, and once when it is repeated', async () => {
      const { id } = await world.asked();
      await world.accepted(id);
      let failures = 3;
      world.recorders.add({
        admit: () => undefined,
        concerns: () => true,
        record: () => (failures-- > 0 ? Promise.reject(new Error('disk full')) : Promise.resolve()),
        recorded: () => undefined,
      });
      for (let attempt = 0; attempt < 3; attempt += 1) {
        await expect(world.ended(id, 'completed')).rejects.toThrow('disk full');
        expect(await world.sums(['key'])).toEqual([]);
      }
      expect(await world.ended(id, 'completed')).toBe(true);
      expect(await world.ended(id, 'completed')).toBe(false);
      expect(await world.sums(['key'])).toMatchObject([{ key: 'key_1', completed: 1 }]);
    });

    it('pages through rows by their key, each once', async () => {
      const random = new SeededRandom(5);
      for (let n = 0; n < 60; n += 1) {
        const { id } = await world.asked(`key_${String(random.below(7))}`);
        await world.accepted(id, `tok_${String(random.below(5))}`);
        await world.ended(id, random.below(2) === 0 ? 'completed' : 'failed');
      }
      const all = await world.queries.rows(EVER, null, 1_000);
      expect(all.reduce((sum, row) => sum + row.generations, 0)).toBe(60);
      const paged = [];
      for (let last = null as (typeof all)[number] | null; ;) {
        const page = await world.queries.rows(EVER, last, 7);
        paged.push(...page);
        last = page.at(-1) ?? null;
        if (page.length < 7) break;
      }
      expect(paged).toEqual(all);
    });
  });
}
