import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

import { Logger } from '@nestjs/common';
import { Semaphore } from 'penstock/concurrency';

import type { ResolvedDatabaseOptions } from '../database.options.js';
import { DatabaseFile } from '../maintenance/database-file.js';
import type { SqliteConnection, SqliteEngine } from '../ports/sqlite-connection.js';
import { attachAll, useWal } from './attachments.js';
import { BoundedConnection } from './bounded-connection.js';
import { CodedConnection } from './coded-connection.js';
import { ConnectionPool } from './connection-pool.js';
import { drainPools } from './drain-pools.js';
import type { ConnectionStats, DatabaseStats } from './lease.js';
import { WaitHistogram } from './wait-histogram.js';

const NONE: ConnectionStats = {
  size: 0,
  active: 0,
  idle: 0,
  waiting: 0,
  waits: new WaitHistogram().stats(),
  longest: null,
};

/** The one writer and the readers of a database. */
export class SqlitePool {
  readonly writer: ConnectionPool;
  readonly readers: ConnectionPool;
  /** Where the database lives; `undefined` in memory. */
  readonly file: DatabaseFile | undefined;
  readonly #threads: Semaphore;
  #isClosing = false;

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
    this.file = this.inMemory ? undefined : this.#databaseFile();
  }

  /** Whether the database lives in its one connection, and is gone with it. */
  get inMemory(): boolean {
    return this.options.path === ':memory:';
  }

  /**
   * Checks the file, then opens every connection, the writer first: a read-only connection cannot create the file.
   *
   * @throws DatabaseError `database_corrupt`, before anything was changed
   */
  async open(): Promise<void> {
    if (!this.inMemory) await mkdir(dirname(this.options.path), { recursive: true });
    await this.file?.check();
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
    this.#isClosing = true;
    const pools = this.inMemory ? [this.writer] : [this.readers, this.writer];
    const drained = drainPools(pools, this.options.closeTimeoutMs);
    await this.file?.close();
    const late = await drained;
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
    const access = 'read-write';
    const { path, attach, maintenance } = this.options;
    const connection = new CodedConnection(await this.engine.open(path, access), access);
    return this.#prepared(connection, access, async () => {
      if (this.inMemory) return;
      for (const [name, file] of Object.entries({ main: path, ...attach })) {
        await useWal(connection, name, file);
        // A log that grew large is cut back to this when it starts again from its beginning.
        await connection.exec(`PRAGMA "${name}".journal_size_limit = ${maintenance.walLimitBytes}`);
      }
    });
  }

  async #openReader(): Promise<SqliteConnection> {
    const access = 'read-only';
    const connection = new CodedConnection(await this.#openBounded(this.options.path, access), access);
    return this.#prepared(connection, access);
  }

  async #openBounded(path: string, access: 'read-write' | 'read-only'): Promise<SqliteConnection> {
    return new BoundedConnection(await this.engine.open(path, access), this.#threads);
  }

  #databaseFile(): DatabaseFile {
    const { path, clock, maintenance } = this.options;
    return new DatabaseFile({
      path,
      clock,
      limitBytes: maintenance.walLimitBytes,
      startCheckMs: maintenance.startCheckMs,
      engine: { open: (file, access) => this.#openBounded(file, access) },
      log: new Logger('Database'),
      whileNobodyWrites: (work) => this.#whileNobodyWrites(work),
      longestReader: () => this.readers.stats().longest,
    });
  }

  async #whileNobodyWrites(work: () => Promise<void>): Promise<void> {
    if (this.#isClosing || this.writer.stats().idle === 0) return;
    const lease = await this.writer.acquire({ name: 'checkpoint' });
    try {
      await work();
    } finally {
      lease.release();
    }
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
