import { Semaphore } from 'penstock/concurrency';
import { longLivedAbort } from 'penstock/kernel';

import { DatabaseError } from '../database.errors.js';
import { CodedConnection } from '../pool/coded-connection.js';
import type { Holder } from '../pool/lease.js';
import type { SqliteConnection } from '../ports/sqlite-connection.js';
import { backUpDatabase, type BackupReport } from './backup.js';
import { checkWritable, quickCheck, type CheckReport } from './checks.js';
import { sizeOf } from './files.js';
import { WalKeeper, type WalKeeperOptions, type WalState } from './wal-keeper.js';

/** How a {@link DatabaseFile} is made. */
export interface DatabaseFileOptions extends WalKeeperOptions {
  /** Longest time that the check at the start may take; 0: there is none. */
  readonly startCheckMs: number;
}

/** A database file at one moment. */
export interface DatabaseFileState {
  readonly path: string;
  readonly bytes: number;
  readonly pageBytes: number;
  readonly pages: number;
  /** Pages that hold nothing: they are used again; a backup leaves them out. */
  readonly freePages: number;
  readonly wal: WalState;
  /** The check at the start; `null` when it was turned off. */
  readonly startCheck: CheckReport | null;
}

/** The file that a database lives in, for those who operate it. */
export class DatabaseFile {
  readonly #keeper: WalKeeper;
  readonly #backups: Semaphore;
  readonly #closing = longLivedAbort();
  #startCheck: CheckReport | null = null;
  #backup: { readonly since: number; readonly done: Promise<unknown> } | undefined;

  constructor(private readonly options: DatabaseFileOptions) {
    this.#keeper = new WalKeeper({ ...options, longestReader: () => this.#longestReader() });
    this.#backups = new Semaphore({ name: 'database.backup', permits: 1, clock: options.clock });
  }

  get path(): string {
    return this.options.path;
  }

  /** Moves the write-ahead log into the file where that disturbs nobody. Call it every few seconds. Never rejects. */
  care(): Promise<void> {
    return this.#closing.signal.aborted ? Promise.resolve() : this.#keeper.look();
  }

  async state(): Promise<DatabaseFileState> {
    const { path } = this.options;
    const access = 'read-only';
    const connection = new CodedConnection(await this.options.engine.open(path, access), access);
    try {
      return {
        path,
        bytes: await sizeOf(path),
        pageBytes: await pragma(connection, 'page_size'),
        pages: await pragma(connection, 'page_count'),
        freePages: await pragma(connection, 'freelist_count'),
        wal: await this.#keeper.state(),
        startCheck: this.#startCheck,
      };
    } finally {
      await connection.close();
    }
  }

  /**
   * Makes a backup while everything else goes on: see `backUpDatabase`.
   *
   * @throws DatabaseError `backup_running` when another one is under way, `database_closed` when the end of the process
   *   comes first, and what `backUpDatabase` throws
   */
  async backUp(to: string): Promise<BackupReport> {
    const { path: from, engine, clock } = this.options;
    const release = this.#closing.signal.aborted ? undefined : this.#backups.tryAcquire();
    if (release === undefined) throw this.#refusal();
    try {
      const done = backUpDatabase({ from, to, engine, clock, signal: this.#closing.signal });
      this.#backup = { since: clock.monotonic(), done };
      return await done;
    } catch (error) {
      throw this.#closing.signal.aborted ? this.#refusal() : error;
    } finally {
      this.#backup = undefined;
      release();
    }
  }

  /** Before the first connection that may write. @throws DatabaseError `database_corrupt`, `database_read_only` */
  async check(): Promise<void> {
    const { startCheckMs, engine, path, clock, log } = this.options;
    await checkWritable(path);
    if (startCheckMs === 0) return;
    this.#startCheck = await quickCheck(engine, path, { clock, limitMs: startCheckMs });
    if (this.#startCheck.result === 'ok') return;
    log.warn(`The check of ${path} was given up after ${startCheckMs} ms. What it had seen is sound.`);
  }

  /** Ends a backup under way, and all other work on the file. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#backup?.done.catch(() => undefined);
    await this.#keeper.close();
  }

  #longestReader(): Holder | null {
    const reader = this.options.longestReader();
    if (this.#backup === undefined) return reader;
    const heldMs = this.options.clock.monotonic() - this.#backup.since;
    return reader !== null && reader.heldMs > heldMs ? reader : { label: 'a backup', heldMs };
  }

  #refusal(): DatabaseError {
    return this.#closing.signal.aborted
      ? DatabaseError.of('database_closed', 'The database is closing; no backup is made.')
      : DatabaseError.of('backup_running', 'A backup is under way. Ask again when it is done.');
  }
}

async function pragma(connection: SqliteConnection, name: string): Promise<number> {
  const [row] = await connection.all(`PRAGMA ${name}`, []);
  return Number(row?.[name]);
}
