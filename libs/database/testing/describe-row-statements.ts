import { beforeEach, afterEach, describe, expect, it } from 'vitest';

import { DatabasePool } from '../src/database-pool.js';
import { insertRows, updateRows } from '../src/typeorm/row-statements.js';
import type { PooledDataSource } from '../src/typeorm/pooled-data-source.js';
import { isUniqueViolation } from '../src/unique-violation.js';
import type { MakePooled } from './describe-database-pool.js';
import { Counter, LIBRARY, Sample } from './library.entities.js';

const FULL = {
  id: 1,
  text: "it's",
  real: 0.5,
  flag: true,
  at: new Date('2026-01-02T03:04:05.678Z'),
  bytes: Buffer.from([0, 255]),
  json: { a: [1, null] },
  big: 2 ** 40 + 1,
} satisfies Sample;
const EMPTY = {
  id: 2,
  text: null,
  real: null,
  flag: null,
  at: null,
  bytes: null,
  json: null,
  big: null,
} satisfies Sample;

/** The part of the suite about statements on rows that pass by the query builder. */
export function describeRowStatements(make: MakePooled): void {
  describe('statements on rows', () => {
    let source: PooledDataSource;
    let pool: DatabasePool;

    beforeEach(async () => {
      source = await make({ entities: LIBRARY, synchronize: true });
      pool = new DatabasePool(source);
    });
    afterEach(() => source.destroy());

    const samples = (): Promise<Sample[]> => source.getRepository(Sample).find({ order: { id: 'ASC' } });
    const insert = (...rows: Sample[]): Promise<void> =>
      pool.transaction((manager) => insertRows(manager, Sample, rows));

    it('insert rows as a repository does, of every type', async () => {
      await insert(FULL, EMPTY);
      const rows = await samples();
      await source.getRepository(Sample).clear();
      await source.getRepository(Sample).save([FULL, EMPTY]);
      expect(rows).toEqual(await samples());
      expect(rows).toEqual([FULL, EMPTY]);
      expect(await source.getRepository(Sample).countBy({ big: FULL.big })).toBe(1);
    });

    it('insert all of them or none', async () => {
      const error: unknown = await insert(FULL, EMPTY, FULL).catch((reason: unknown) => reason);
      expect(isUniqueViolation(error)).toBe(true);
      expect(await samples()).toEqual([]);
    });

    it('change only the columns that are given, of the rows that are meant', async () => {
      await insert(FULL, EMPTY, { ...EMPTY, id: 3 });
      const set = { text: 'new', flag: false, big: 2 ** 41, at: null, json: [1] };
      const changed = await pool.transaction((manager) =>
        updateRows(manager, Sample, { set, where: { id: [1, 3, 9], text: FULL.text } }),
      );
      expect([changed, await samples()]).toEqual([1, [{ ...FULL, ...set }, EMPTY, { ...EMPTY, id: 3 }]]);
    });

    it('raise a number, and find nothing in an empty list', async () => {
      await source.getRepository(Counter).insert([
        { id: 'a', value: 4 },
        { id: 'b', value: 7 },
      ]);
      const raise = (id: string | readonly string[]): Promise<number> =>
        pool.transaction((manager) =>
          updateRows(manager, Counter, { set: {}, raise: 'value', where: { id } }),
        );
      expect([await raise('a'), await raise(['a', 'b']), await raise([])]).toEqual([1, 2, 0]);
      const values = (await source.getRepository(Counter).find({ order: { id: 'ASC' } })).map(
        ({ value }) => value,
      );
      expect(values).toEqual([6, 8]);
    });

    it('are refused outside of a transaction, and for columns that are none', async () => {
      await expect(insertRows(source.manager, Sample, [FULL])).rejects.toThrow('no connection');
      const where = { id: 'a', nothing: 1 };
      const change = pool.transaction((manager) =>
        updateRows(manager, Counter, { set: { value: 1 }, where }),
      );
      await expect(change).rejects.toThrow('Counter has no column nothing.');
    });
  });
}
