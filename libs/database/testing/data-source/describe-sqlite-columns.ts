import type { DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';

import { Cell, RowTotal, Sheet } from './sheet.entities.js';

/** The part of the suite about SQLite's column types and generated columns. */
export function describeSqliteColumns(source: () => DataSource): void {
  describe('columns of each type', () => {
    const full = {
      id: 1,
      json: { deep: [1, null, 'ü'] },
      jsonb: { a: [true] },
      list: ['a', 'b c'],
      colour: 'green' as const,
      day: '2026-02-28',
      time: '23:59:58',
      price: 12.34,
      ratio: 1e-9,
      code: 'aBc',
      link: new URL('https://example.test/x'),
      withDefault: 8,
      computedDefault: 43,
    };
    const empty = {
      json: null,
      jsonb: null,
      list: null,
      day: null,
      time: null,
      price: null,
      ratio: null,
      code: null,
      link: null,
    };

    it('keep what is saved', async () => {
      await source()
        .getRepository(Sheet)
        .save({ ...full, hidden: 5 });
      expect(await source().getRepository(Sheet).findOneByOrFail({ id: 1 })).toEqual(full);
      const { hidden } = await source()
        .getRepository(Sheet)
        .findOneOrFail({ where: { id: 1 }, select: { id: true, hidden: true } });
      expect(hidden).toBe(5);
    });

    it('are changed one by one', async () => {
      await source().getRepository(Sheet).save(full);
      for (const [name, value] of Object.entries(empty)) {
        await source()
          .getRepository(Sheet)
          .update(1, { [name]: value });
        expect(await source().getRepository(Sheet).findOneByOrFail({ id: 1 })).toMatchObject({
          [name]: value,
        });
      }
    });

    it('have their defaults, which come back with the insert', async () => {
      const saved = await source().getRepository(Sheet).save({ id: 2 });
      expect(saved).toMatchObject({ colour: 'red', withDefault: 7, computedDefault: 42 });
      expect(await source().getRepository(Sheet).findOneByOrFail({ id: 2 })).toEqual({
        id: 2,
        colour: 'red',
        withDefault: 7,
        computedDefault: 42,
        ...empty,
      });
    });

    it('are found by their values', async () => {
      await source().getRepository(Sheet).save(full);
      const { id, day, time, price, link } = full;
      for (const where of [{ day }, { time }, { price }, { link }, { code: 'ABC' }]) {
        expect(await source().getRepository(Sheet).findOneBy(where)).toMatchObject({ id });
      }
      const deep = source().getRepository(Sheet).createQueryBuilder('s').where(`s.json ->> '$.deep[0]' = 1`);
      expect(await deep.getCount()).toBe(1);
    });

    it('refuse a value outside of an enum', async () => {
      const insert = source().query(`INSERT INTO sheet (id, colour) VALUES (3, 'blue')`);
      await expect(insert).rejects.toMatchObject({ driverError: { code: 'SQLITE_CONSTRAINT' } });
    });

    it('that are generated follow the others, and views follow tables', async () => {
      const cells = source().getRepository(Cell);
      await cells.save([1, 2].map((column) => ({ row: 1, column, value: column * 10 })));
      await cells.update({ row: 1, column: 1 }, { value: 11 });
      expect(await cells.find({ order: { column: 'ASC' }, select: { double: true, place: true } })).toEqual([
        { double: 22, place: '1:1' },
        { double: 40, place: '1:2' },
      ]);
      expect(await source().getRepository(RowTotal).find()).toEqual([{ row: 1, total: 31 }]);
    });
  });
}
