export { createDataSource } from './create-data-source.js';
export { DatabaseError, type DatabaseErrorCode } from './database.errors.js';
export { DatabaseModule } from './database.module.js';
export type {
  DatabaseModuleOptions,
  PostgresModuleOptions,
  SqliteModuleOptions,
} from './database-module.options.js';
export type { DatabaseOptions, SqlitePragmas } from './database.options.js';
export { DatabasePool, type TransactionOptions, type WorkOptions } from './database-pool.js';
export type { ConnectionStats, DatabaseStats } from './pool/lease.js';
export { LeakObserver, type Leak } from './ports/leak-observer.js';
export { PooledPostgresDataSource } from './postgres/pooled-postgres-data-source.js';
export type { PostgresOptions } from './postgres/postgres.options.js';
export { PooledDataSource } from './typeorm/pooled-data-source.js';
export { PooledSqliteDataSource } from './typeorm/pooled-sqlite-data-source.js';
export { isUniqueViolation } from './unique-violation.js';
export type { Work } from './typeorm/run-in-frame.js';
