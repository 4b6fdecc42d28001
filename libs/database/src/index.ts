export { DatabaseError, type DatabaseErrorCode } from './database.errors.js';
export { DatabaseModule } from './database.module.js';
export type {
  DatabaseModuleOptions,
  DatabaseOptions,
  MaintenanceOptions,
  SqlitePragmas,
} from './database.options.js';
export { DatabasePool, type TransactionOptions, type WorkOptions } from './database-pool.js';
export { backUpDatabase, type BackupOptions, type BackupReport } from './maintenance/backup.js';
export type { CheckReport } from './maintenance/checks.js';
export { DatabaseFile, type DatabaseFileState } from './maintenance/database-file.js';
export { restoreDatabase, type RestoreOptions, type RestoreReport } from './maintenance/restore.js';
export type { CheckpointReport, WalState } from './maintenance/wal-keeper.js';
export type { ConnectionStats, Holder } from './pool/lease.js';
export type { DatabaseStats } from './pool/sqlite-pool.js';
export type { WaitBucket, WaitStats } from './pool/wait-histogram.js';
export { PooledSqliteDataSource } from './typeorm/pooled-sqlite-data-source.js';
export type { Work } from './typeorm/run-in-frame.js';
export { WriteBehind, type WriteBehindStats } from './write-behind/write-behind.js';
export type { RowMerge, WriteBehindOptions } from './write-behind/write-behind.options.js';
export { WriteBehindBuffers } from './write-behind/write-behind-buffers.js';
