import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

import { Semaphore } from 'penstock/concurrency';

import type { ResolvedDatabaseOptions } from '../database.options.js';
import type { SqliteConnection, SqliteEngine } from '../ports/sqlite-connection.js';
import { attachAll, useWal } from './attachments.js';
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
    const { path, attach } = this.options;
    const connection = await this.engine.open(path, 'read-write');
    return this.#prepared(connection, 'read-write', async () => {
      if (this.inMemory) return;
      await useWal(connection, 'main', path);
      for (const [name, file] of Object.entries(attach)) await useWal(connection, name, file);
    });
  }

  async #openReader(): Promise<SqliteConnection> {
    const connection = await this.engine.open(this.options.path, 'read-only');
    return new BoundedConnection(await this.#prepared(connection, 'read-only'), this.#threads);
  }

  async #prepared(
    connection: SqliteConnection,
    access: 'read-write' | 'read-only',
    more = () => Promise.resolve(),
  ): Promise<SqliteConnection> {
    try {
      await connection.exec(pragmasOf(this.options));
      await attachAll(connection, this.options.attach, access);
      for (const name of Object.keys(this.options.attach)) {
        await connection.exec(levelsOf(this.options, `"${name}".`));
      }
      await more();
      return connection;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }
}

function pragmasOf(options: ResolvedDatabaseOptions): string {
  const { busyTimeoutMs, pragmas } = options;
  return [
    `PRAGMA busy_timeout = ${busyTimeoutMs}`,
    levelsOf(options, ''),
    `PRAGMA temp_store = ${pragmas.tempStore}`,
    `PRAGMA foreign_keys = ${pragmas.foreignKeys ? 'ON' : 'OFF'}`,
  ].join('; ');
}

/** What SQLite keeps for each database of a connection. */
const levelsOf = ({ pragmas }: ResolvedDatabaseOptions, database: string): string =>
  `PRAGMA ${database}synchronous = ${pragmas.synchronous}; PRAGMA ${database}cache_size = ${pragmas.cacheSize}`;

/** Best effort: when it fails, the log stays beside the file and the next start reads it. */
async function emptyLog(connection: SqliteConnection): Promise<void> {
  await connection.all('PRAGMA wal_checkpoint(TRUNCATE)', []).catch(() => undefined);
}
