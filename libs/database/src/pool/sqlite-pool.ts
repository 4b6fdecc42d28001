import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

import { Semaphore } from 'penstock/concurrency';

import { DatabaseError } from '../database.errors.js';
import type { ResolvedDatabaseOptions } from '../database.options.js';
import type { SqliteConnection, SqliteEngine } from '../ports/sqlite-connection.js';
import { BoundedConnection } from './bounded-connection.js';
import { ConnectionPool } from './connection-pool.js';
import { drainPools } from './drain-pools.js';
import type { ConnectionStats, DatabaseStats } from './lease.js';

const NONE: ConnectionStats = { size: 0, active: 0, idle: 0, waiting: 0 };

/** The one writer and the readers of a database. */
export class SqlitePool {
  readonly writer: ConnectionPool;
  readonly readers: ConnectionPool;
  readonly #threads: Semaphore;

  constructor(
    private readonly options: ResolvedDatabaseOptions,
    private readonly engine: SqliteEngine,
  ) {
    const { readers, clock, threads } = options;
    this.#threads = new Semaphore({ name: 'database.threads', permits: threads - 1, clock });
    this.writer = this.#pool('database.writer', 1, () => this.#openWriter());
    this.readers = this.inMemory
      ? this.writer
      : this.#pool('database.readers', readers, () => this.#openReader());
  }

  /** Whether the database lives in its one connection, and is gone with it. */
  get inMemory(): boolean {
    return this.options.path === ':memory:';
  }

  /** Opens every connection, the writer first: a read-only connection cannot create the file. */
  async open(): Promise<void> {
    if (!this.inMemory) await mkdir(dirname(this.options.path), { recursive: true });
    await this.writer.openAll();
    try {
      await this.readers.openAll();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  stats(): DatabaseStats {
    return { writer: this.writer.stats(), readers: this.inMemory ? NONE : this.readers.stats() };
  }

  /**
   * Waits for work in progress, moves the write-ahead log into the database file and closes every connection.
   *
   * @throws DatabaseError `close_timeout` naming what had to be cut off; everything is closed then, too
   */
  async close(): Promise<void> {
    const pools = this.inMemory ? [this.writer] : [this.readers, this.writer];
    const late = await drainPools(pools, this.options.closeTimeoutMs);
    if (!this.inMemory) await this.readers.close();
    await this.writer.close(emptyLog);
    if (late !== undefined) throw late;
  }

  #pool(name: string, size: number, open: () => Promise<SqliteConnection>): ConnectionPool {
    const { acquireTimeoutMs, clock, observer } = this.options;
    const readOnly = name === 'database.readers';
    const replaceable = !this.inMemory;
    return new ConnectionPool({ name, size, readOnly, replaceable, acquireTimeoutMs, clock, observer, open });
  }

  async #openWriter(): Promise<SqliteConnection> {
    const connection = await this.engine.open(this.options.path, 'read-write');
    return this.#prepared(connection, async () => {
      if (this.inMemory) return;
      const [mode] = await connection.all('PRAGMA journal_mode = WAL', []);
      if (mode?.['journal_mode'] === 'wal') return;
      throw DatabaseError.of(
        'wal_unavailable',
        `SQLite cannot use a write-ahead log for ${this.options.path} (journal mode ${String(mode?.['journal_mode'])}). ` +
          'Put the file on a local disk.',
      );
    });
  }

  async #openReader(): Promise<SqliteConnection> {
    const connection = await this.engine.open(this.options.path, 'read-only');
    return new BoundedConnection(await this.#prepared(connection), this.#threads);
  }

  async #prepared(connection: SqliteConnection, more = () => Promise.resolve()): Promise<SqliteConnection> {
    try {
      await connection.exec(pragmasOf(this.options));
      await more();
      return connection;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }
}

function pragmasOf({ busyTimeoutMs, pragmas }: ResolvedDatabaseOptions): string {
  return [
    `PRAGMA busy_timeout = ${busyTimeoutMs}`,
    `PRAGMA synchronous = ${pragmas.synchronous}`,
    `PRAGMA cache_size = ${pragmas.cacheSize}`,
    `PRAGMA temp_store = ${pragmas.tempStore}`,
    `PRAGMA foreign_keys = ${pragmas.foreignKeys ? 'ON' : 'OFF'}`,
  ].join('; ');
}

/** Best effort: when it fails, the log stays beside the file and the next start reads it. */
async function emptyLog(connection: SqliteConnection): Promise<void> {
  await connection.all('PRAGMA wal_checkpoint(TRUNCATE)', []).catch(() => undefined);
}
