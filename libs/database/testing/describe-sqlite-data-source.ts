import type { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { describeSqliteOnly } from './data-source/describe-sqlite-only.js';
import { Broken1700000000003, CreateShelf1700000000001 } from './data-source/shelf.migrations.js';
import { describeDataSource, type MakeDataSource } from './describe-data-source.js';
import { LIBRARY } from './library.entities.js';

/** What every SQLite data source of ours must do, whatever it keeps its data in. */
export function describeSqliteDataSource(name: string, make: MakeDataSource): void {
  describeDataSource(name, make);

  describe(`${name} as SQLite data source`, () => {
    let source: DataSource;

    beforeEach(async () => {
      source = await make({ entities: LIBRARY, synchronize: true });
    });

    afterEach(() => source.destroy());

    describeSqliteOnly(() => source);

    it('has foreign keys on again after a migration that failed', async () => {
      const migrations = [CreateShelf1700000000001, Broken1700000000003];
      const other = await make({ migrations, migrationsRun: false });
      await expect(other.runMigrations()).rejects.toThrow('broken');
      expect(await other.query('PRAGMA foreign_keys')).toEqual([{ foreign_keys: 1 }]);
      await other.destroy();
    });
  });
}
