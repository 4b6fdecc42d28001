import { LockNotSupportedOnGivenDriverError, QueryFailedError, TableColumn, type DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';

import { Cell, Sheet } from './sheet.entities.js';

/** The part of the suite about SQLite's schemas, and about what SQLite refuses. */
export function describeSqliteSchema(source: () => DataSource): void {
  describe('the schema', () => {
    it('is as the entities say once it is synchronized, and synchronizing again keeps the rows', async () => {
      await source().getRepository(Cell).insert({ row: 1, column: 1, value: 1 });
      const pending = async (): Promise<string[]> =>
        (await source().driver.createSchemaBuilder().log()).upQueries.map(({ query }) => query);
      expect(await pending()).toEqual([]);
      await source().query('DROP VIEW row_total');
      await source().query('DROP INDEX ' + (await indexOf('cell')));
      expect(await pending()).not.toEqual([]);
      await source().synchronize();
      expect(await pending()).toEqual([]);
      expect(await source().getRepository(Cell).count()).toBe(1);
    });

    const indexOf = async (table: string): Promise<string> => {
      const rows: { name: string }[] = await source().query(
        `SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql LIKE '%WHERE%'`,
        [table],
      );
      return `"${rows[0]?.name ?? ''}"`;
    };

    it('changes column by column through a query runner, with the rows kept', async () => {
      const runner = source().createQueryRunner();
      await runner.query('INSERT INTO sheet (id, code) VALUES (1, ?)', ['abc']);
      await runner.addColumn('sheet', new TableColumn({ name: 'extra', type: 'integer', default: 3 }));
      await runner.renameColumn('sheet', 'extra', 'more');
      await runner.dropColumn('sheet', 'price');
      expect(await runner.query('SELECT code, more FROM sheet')).toEqual([{ code: 'abc', more: 3 }]);
      expect(await runner.hasColumn('sheet', 'price')).toBe(false);
      await runner.release();
    });
  });

  describe('violations', () => {
    const failure = async (work: Promise<unknown>): Promise<unknown> => {
      const error: unknown = await work.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(QueryFailedError);
      expect(error).toMatchObject({ driverError: { code: 'SQLITE_CONSTRAINT' } });
      return error;
    };
    const insert = (cell: object): Promise<unknown> =>
      source()
        .getRepository(Cell)
        .insert({ row: 1, column: 1, value: 1, ...cell });

    it.each<[string, object, string]>([
      ['a unique key', {}, 'UNIQUE constraint failed: cell.row, cell.column'],
      ['a check', { row: 2, value: -1 }, 'CHECK constraint failed'],
      ['a foreign key', { row: 2, sheet: { id: 99 } }, 'FOREIGN KEY constraint failed'],
      ['not null', { row: 2, value: () => 'NULL' }, 'NOT NULL constraint failed: cell.value'],
    ])('of %s are told as such', async (_, cell, message) => {
      await insert({});
      expect(await failure(insert(cell))).toMatchObject({
        message: expect.stringContaining(message) as string,
      });
      expect(await source().getRepository(Cell).count()).toBe(1);
    });
  });

  describe('locks of rows', () => {
    it.each(['pessimistic_read', 'pessimistic_write', 'for_no_key_update'] as const)(
      'are refused, since a transaction has the whole database: %s',
      async (mode) => {
        await source().transaction(async (manager) => {
          const locked = manager.findOne(Sheet, { where: { id: 1 }, lock: { mode } });
          await expect(locked).rejects.toBeInstanceOf(LockNotSupportedOnGivenDriverError);
          await manager.save(Sheet, { id: 1 });
        });
        expect(await source().getRepository(Sheet).count()).toBe(1);
      },
    );
  });
}
