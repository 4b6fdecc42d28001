export { DatabaseError, type DatabaseErrorCode } from './database.errors.js';
export { DatabaseModule } from './database.module.js';
export type { DatabaseModuleOptions, DatabaseOptions, SqlitePragmas } from './database.options.js';
export { DatabasePool, type TransactionOptions, type WorkOptions } from './database-pool.js';
export type { ConnectionStats } from './pool/lease.js';
export type { DatabaseStats } from './pool/sqlite-pool.js';
export { LeakObserver, type Leak } from './ports/leak-observer.js';
export { PooledSqliteDataSource } from './typeorm/pooled-sqlite-data-source.js';
export type { Work } from './typeorm/run-in-frame.js';
