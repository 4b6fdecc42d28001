import type { WaitObserver } from 'penstock/concurrency';
import type { Clock } from 'penstock/kernel';
import type { BaseDataSourceOptions } from 'typeorm/data-source/BaseDataSourceOptions.js';

import { checkCommon, checkOneOf, checkRange, commonDefaults, given, LONGEST_MS } from './option-checks.js';
import { checkAttached, type AttachedFiles } from './pool/attachments.js';
import type { LeakObserver } from './ports/leak-observer.js';
import type { StatementObserver } from './ports/statement-observer.js';

/** Settings of SQLite, per connection. `journal_mode` is always WAL: readers beside a writer need it. */
export interface SqlitePragmas {
  /**
   * When commits reach the disk. With `NORMAL` a power cut may undo the last commits (a crash of the process never
   * does); `FULL` makes every commit wait for the disk. @defaultValue `'NORMAL'`
   */
  readonly synchronous: 'OFF' | 'NORMAL' | 'FULL' | 'EXTRA';
  /** Pages of 4 KiB cached by each connection, filled as needed; negative: KiB. @defaultValue 10000 */
  readonly cacheSize: number;
  /** Where temporary tables live. @defaultValue `'MEMORY'` */
  readonly tempStore: 'DEFAULT' | 'FILE' | 'MEMORY';
  /** Whether foreign keys are enforced. @defaultValue true */
  readonly foreignKeys: boolean;
}

/** Care for the database file. */
export interface MaintenanceOptions {
  /** A write-ahead log over this size, in bytes, is reported. @defaultValue 64 MiB */
  readonly walLimitBytes: number;
  /**
   * Longest time of the check of the file at the start, in milliseconds; what is not checked by then is taken as sound.
   * 0 skips it. @defaultValue 10000
   */
  readonly startCheckMs: number;
}

/** What both databases take. */
export interface CommonDatabaseOptions extends Pick<
  BaseDataSourceOptions,
  | 'entities'
  | 'migrations'
  | 'subscribers'
  | 'logging'
  | 'logger'
  | 'maxQueryExecutionTime'
  | 'namingStrategy'
> {
  /** Read-only connections, 1 to 64. @defaultValue 5 */
  readonly readers?: number;
  /** Longest wait for a connection, in milliseconds, at least 1. @defaultValue 10000 */
  readonly acquireTimeoutMs?: number;
  /** How long closing waits for connections in use, in milliseconds. @defaultValue 10000 */
  readonly closeTimeoutMs?: number;
  /**
   * After how long a connection that is still in use is reported once, in milliseconds, at least 1: a transaction that
   * nobody ends, a query runner or stream that nobody releases. 0 turns it off. @defaultValue 30000
   */
  readonly leakReportMs?: number;
  /** Told of leaks. @defaultValue one that makes them process warnings */
  readonly leakObserver?: LeakObserver;
  /** Whether pending migrations run when the data source is initialized. @defaultValue true */
  readonly migrationsRun?: boolean;
  /** Creates the schema from the entities, without migrations. Only for tests. @defaultValue false */
  readonly synchronize?: boolean;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock;
  /** Told of waits for `database.writer`, `database.readers` and `database.commit`. @defaultValue an observer that drops them */
  readonly observer?: WaitObserver;
  /** Runs every statement, and may time it. @defaultValue one that only runs them */
  readonly statementObserver?: StatementObserver;
}

/** How the pooled SQLite data source is made. Only `path` is required. */
export interface DatabaseOptions extends CommonDatabaseOptions {
  /** The database file; its folder is created. `:memory:` is a private database on a single connection. */
  readonly path: string;
  /** How long SQLite retries while another process holds the file, in milliseconds. @defaultValue 5000 */
  readonly busyTimeoutMs?: number;
  /** Prepared statements kept by each connection, at least 1. @defaultValue 100 */
  readonly statementCacheSize?: number;
  /**
   * Threads of libuv's pool, at least 2: the value of `UV_THREADPOOL_SIZE` where that is set. Readers use at most all
   * but one, so that a write always finds a thread. @defaultValue 4
   */
  readonly threads?: number;
  readonly pragmas?: Partial<SqlitePragmas>;
  /** Not for `:memory:`. */
  readonly maintenance?: Partial<MaintenanceOptions>;
  /**
   * Refuses a file that another process opened with this option too; a file `<path>.lock` beside it tells. Waits
   * `busyTimeoutMs` for one that is about to end. Not for `:memory:`. @defaultValue false
   */
  readonly exclusive?: boolean;
  /**
   * More SQLite files, at most 10, that every connection attaches (readers read-only): name to path, as in
   * `{ archive: 'data/archive.db' }`. Entities name theirs: `@Entity({ database: 'archive' })`. `exclusive` is about
   * `path` alone. @defaultValue none
   */
  readonly attach?: AttachedFiles;
}

/** {@link DatabaseOptions} with every default in place. */
export type ResolvedDatabaseOptions = Readonly<
  Required<Omit<DatabaseOptions, UnsetKeys | 'pragmas' | 'maintenance'>> & Pick<DatabaseOptions, UnsetKeys>
> & { readonly pragmas: SqlitePragmas; readonly maintenance: MaintenanceOptions };

/** Options that stay unset where nothing is given. */
export type UnsetKeys = 'logger' | 'maxQueryExecutionTime' | 'namingStrategy';

const DEFAULT_PRAGMAS: SqlitePragmas = {
  synchronous: 'NORMAL',
  cacheSize: 10_000,
  tempStore: 'MEMORY',
  foreignKeys: true,
};

const DEFAULT_MAINTENANCE: MaintenanceOptions = { walLimitBytes: 64 * 2 ** 20, startCheckMs: 10_000 };

/** Adds the defaults and checks the bounds. @throws RangeError naming the option, what was got and what is right */
export function resolveDatabaseOptions(options: DatabaseOptions): ResolvedDatabaseOptions {
  const resolved = {
    ...commonDefaults(),
    busyTimeoutMs: 5_000,
    statementCacheSize: 100,
    threads: 4,
    exclusive: false,
    attach: {},
    ...given(options),
    pragmas: Object.freeze({ ...DEFAULT_PRAGMAS, ...given(options.pragmas ?? {}) }),
    maintenance: Object.freeze({ ...DEFAULT_MAINTENANCE, ...given(options.maintenance ?? {}) }),
  };
  if (resolved.path === '') throw new RangeError('path must be a file or ":memory:", got ""');
  if (resolved.path.startsWith('file:')) {
    throw new RangeError(`path must be a plain path, not a URI, got ${resolved.path}`);
  }
  checkAttached(resolved.attach, resolved.path);
  checkCommon(resolved);
  checkRange('busyTimeoutMs', resolved.busyTimeoutMs, 0, LONGEST_MS);
  checkRange('statementCacheSize', resolved.statementCacheSize, 1, 10_000);
  checkRange('threads', resolved.threads, 2, 1024);
  checkRange('pragmas.cacheSize', resolved.pragmas.cacheSize, -(2 ** 31), 2 ** 31 - 1);
  checkRange('maintenance.walLimitBytes', resolved.maintenance.walLimitBytes, 2 ** 20, 2 ** 40);
  checkRange('maintenance.startCheckMs', resolved.maintenance.startCheckMs, 0, LONGEST_MS);
  checkOneOf('pragmas.synchronous', resolved.pragmas.synchronous, ['OFF', 'NORMAL', 'FULL', 'EXTRA']);
  checkOneOf('pragmas.tempStore', resolved.pragmas.tempStore, ['DEFAULT', 'FILE', 'MEMORY']);
  return Object.freeze(resolved);
}
