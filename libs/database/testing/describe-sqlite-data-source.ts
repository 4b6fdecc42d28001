import { describe } from 'vitest';

import { describeSqliteColumns } from './data-source/describe-sqlite-columns.js';
import { describeSqliteMigrations } from './data-source/describe-sqlite-migrations.js';
import { describeSqliteOnly } from './data-source/describe-sqlite-only.js';
import { describeSqliteSchema } from './data-source/describe-sqlite-schema.js';
import { SHEETS } from './data-source/sheet.entities.js';
import { useDataSource, type MakeDataSource } from './data-source/use-data-source.js';
import { describeDataSource } from './describe-data-source.js';
import { LIBRARY } from './library.entities.js';

/** What every SQLite data source of ours must do, whatever it keeps its data in. */
export function describeSqliteDataSource(name: string, make: MakeDataSource): void {
  describeDataSource(name, make);

  describe(`${name} as SQLite data source`, () => {
    describe('with the library', () => {
      describeSqliteOnly(useDataSource(make, LIBRARY));
    });

    describe('with sheets', () => {
      const source = useDataSource(make, SHEETS);
      describeSqliteColumns(source);
      describeSqliteSchema(source);
    });

    describeSqliteMigrations(make);
  });
}
