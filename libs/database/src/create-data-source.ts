import type { DatabaseOptions } from './database.options.js';
import { PooledPostgresDataSource } from './postgres/pooled-postgres-data-source.js';
import type { PostgresOptions } from './postgres/postgres.options.js';
import type { PooledDataSource } from './typeorm/pooled-data-source.js';
import { PooledSqliteDataSource } from './typeorm/pooled-sqlite-data-source.js';

/**
 * Makes the data source that the options ask for: `url` is PostgreSQL, `path` SQLite. Initialize it.
 *
 * @throws RangeError for an option out of bounds
 */
export function createDataSource(options: DatabaseOptions | PostgresOptions): PooledDataSource {
  return 'url' in options ? new PooledPostgresDataSource(options) : new PooledSqliteDataSource(options);
}
