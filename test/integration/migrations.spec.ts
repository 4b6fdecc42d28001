import { PooledSqliteDataSource } from 'penstock/database';

import { describeMigrations } from '../support/describe-migrations.js';

describeMigrations('on SQLite', (options) => new PooledSqliteDataSource({ path: ':memory:', ...options }), {
  tables: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
  empty: () => Promise.resolve(),
});
