export { createDataSource } from './create-data-source.js';
export { DatabaseError, type DatabaseErrorCode } from './database.errors.js';
export { DatabaseModule } from './database.module.js';
export type {
  DatabaseModuleOptions,
  PostgresModuleOptions,
  SqliteModuleOptions,
} from './database-module.options.js';
export type { DatabaseOptions, MaintenanceOptions, SqlitePragmas } from './database.options.js';
export { DatabasePool, type TransactionOptions, type WorkOptions } from './database-pool.js';
export { backUpDatabase, type BackupOptions, type BackupReport } from './maintenance/backup.js';
export type { CheckReport } from './maintenance/checks.js';
export { DatabaseFile, type DatabaseFileState } from './maintenance/database-file.js';
export {
  restoreDatabase,
  type RestoredConnection,
  type RestoreOptions,
  type RestoreReport,
} from './maintenance/restore.js';
export type { CheckpointReport, WalState } from './maintenance/wal-keeper.js';
export type { ConnectionStats, DatabaseStats, Holder } from './pool/lease.js';
export type { WaitBucket, WaitStats } from './pool/wait-histogram.js';
export { LeakObserver, type Leak } from './ports/leak-observer.js';
export { StatementObserver } from './ports/statement-observer.js';
export { PooledPostgresDataSource } from './postgres/pooled-postgres-data-source.js';
export type { PostgresOptions } from './postgres/postgres.options.js';
export { PooledDataSource } from './typeorm/pooled-data-source.js';
export { PooledSqliteDataSource } from './typeorm/pooled-sqlite-data-source.js';
export { insertRows, updateRows, type RowsUpdate, type RowsWhere } from './typeorm/row-statements.js';
export { isUniqueViolation } from './unique-violation.js';
export type { Work } from './typeorm/run-in-frame.js';
export { WriteBehind, type WriteBehindStats } from './write-behind/write-behind.js';
export type { RowMerge, WriteBehindOptions } from './write-behind/write-behind.options.js';
export { WriteBehindBuffers } from './write-behind/write-behind-buffers.js';
