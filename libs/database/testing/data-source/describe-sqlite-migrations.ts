import type { DataSource } from 'typeorm';
import { afterEach, describe, expect, it } from 'vitest';

import { Broken1700000000003, CreateShelf1700000000001, FillShelf1700000000004 } from './shelf.migrations.js';
import type { MakeDataSource } from './use-data-source.js';

/** The part of the suite about migrations. */
export function describeSqliteMigrations(make: MakeDataSource): void {
  describe('migrations', () => {
    let source: DataSource | undefined;

    afterEach(async () => {
      if (source?.isInitialized === true) await source.destroy();
      source = undefined;
    });

    const open = async (migrations: unknown[], migrationsRun = true): Promise<DataSource> =>
      (source = await make({ migrations: migrations as never[], migrationsRun }));
    const tables = async (on: DataSource): Promise<string[]> => {
      const rows: { name: string }[] = await on.query(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
      );
      return rows.map(({ name }) => name);
    };

    it.each([
      ['all', ['migrations']],
      ['each', ['migrations', 'place', 'shelf']],
      ['none', ['half', 'migrations', 'place', 'shelf']],
    ] as const)(
      'in transactions (%s): what a failure leaves, and foreign keys are on',
      async (mode, left) => {
        const on = await open([CreateShelf1700000000001, Broken1700000000003], false);
        expect(await on.showMigrations()).toBe(true);
        await expect(on.runMigrations({ transaction: mode })).rejects.toThrow('broken');
        expect(await tables(on)).toEqual(left);
        expect(await on.query('PRAGMA foreign_keys')).toEqual([{ foreign_keys: 1 }]);
      },
    );

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
