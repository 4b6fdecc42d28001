import { expect, it } from 'vitest';

import { Broken1700000000003, CreateShelf1700000000001 } from './shelf.migrations.js';
import type { MakeDataSource } from './use-data-source.js';

/** The part of the suite about what migrations leave of SQLite's settings. */
export function describeSqliteMigrations(make: MakeDataSource): void {
  it.each(['all', 'each', 'none'] as const)(
    'has foreign keys on again after a migration that failed (%s)',
    async (transaction) => {
      const migrations = [CreateShelf1700000000001, Broken1700000000003];
      const source = await make({ migrations, migrationsRun: false });
      await expect(source.runMigrations({ transaction })).rejects.toThrow('broken');
      expect(await source.query('PRAGMA foreign_keys')).toEqual([{ foreign_keys: 1 }]);
      await source.destroy();
    },
  );
}
