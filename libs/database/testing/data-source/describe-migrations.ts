import type { DataSource } from 'typeorm';
import { afterEach, describe, expect, it } from 'vitest';

import {
  Broken1700000000003,
  CreateShelf1700000000001,
  FillShelf1700000000004,
  WidenShelf1700000000002,
} from './shelf.migrations.js';
import type { MakeDataSource } from './use-data-source.js';

const NO_TABLE = /no such table|does not exist/;

/** The part of the suite about migrations. */
export function describeMigrations(make: MakeDataSource): void {
  describe('migrations', () => {
    let source: DataSource | undefined;

    afterEach(async () => {
      if (source?.isInitialized === true) await source.destroy();
      source = undefined;
    });

    const open = async (migrations: unknown[], migrationsRun = true): Promise<DataSource> =>
      (source = await make({ migrations: migrations as never[], migrationsRun }));
    const tables = async (on: DataSource): Promise<string[]> => {
      const runner = on.createQueryRunner('slave');
      const found: string[] = [];
      for (const table of ['half', 'place', 'shelf']) if (await runner.hasTable(table)) found.push(table);
      await runner.release();
      return found;
    };

    it('run up once, and down, keeping rows that refer to a recreated table', async () => {
      const on = await open([CreateShelf1700000000001, WidenShelf1700000000002]);
      await on.query(`INSERT INTO shelf (id, label) VALUES (1, 'top')`);
      await on.query('INSERT INTO place (id, "shelfId") VALUES (7, 1)');
      expect(await on.showMigrations()).toBe(false);
      expect(await on.runMigrations()).toEqual([]);
      await on.undoLastMigration();
      expect(await on.query('SELECT * FROM shelf')).toEqual([{ id: 1 }]);
      expect(await on.query('SELECT * FROM place')).toEqual([{ id: 7, shelfId: 1 }]);
      await on.undoLastMigration();
      await expect(on.query('SELECT * FROM shelf')).rejects.toThrow(NO_TABLE);
    });

    it('that fail at the start change nothing', async () => {
      await expect(open([CreateShelf1700000000001, Broken1700000000003])).rejects.toThrow('broken');
    });

    it.each([
      ['all', []],
      ['each', ['place', 'shelf']],
      ['none', ['half', 'place', 'shelf']],
    ] as const)('in transactions (%s): what a failure leaves', async (mode, left) => {
      const on = await open([CreateShelf1700000000001, Broken1700000000003], false);
      expect(await on.showMigrations()).toBe(true);
      await expect(on.runMigrations({ transaction: mode })).rejects.toThrow('broken');
      expect(await tables(on)).toEqual(left);
    });

    it('may change rows, in the order of their times, and be only noted', async () => {
      const on = await open([FillShelf1700000000004, CreateShelf1700000000001], false);
      const ran = await on.runMigrations({ transaction: 'each' });
      expect(ran.map(({ name }) => name)).toEqual(['CreateShelf1700000000001', 'FillShelf1700000000004']);
      expect(await on.query('SELECT id FROM shelf')).toEqual([{ id: 1 }, { id: 2 }]);
      await on.undoLastMigration({ fake: true });
      expect(await on.query('SELECT count(*) AS n FROM shelf')).toEqual([{ n: 2 }]);
      expect(await on.showMigrations()).toBe(true);
      await on.runMigrations({ fake: true });
      expect(await on.showMigrations()).toBe(false);
    });
  });
}
