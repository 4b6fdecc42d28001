import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

import { DatabaseError } from '../database.errors.js';
import { checkWritable } from '../maintenance/checks.js';
import type { SqliteConnection, SqliteEngine } from '../ports/sqlite-connection.js';

/**
 * Marks a database as owned by this process: an exclusive transaction on the file beside it, `<path>.lock`, which the
 * operating system ends with the process, however that ends.
 */
export class OwnerLock {
  #connection: SqliteConnection | undefined;

  constructor(
    private readonly path: string,
    private readonly engine: SqliteEngine,
  ) {}

  /**
   * @param waitMs - how long to wait for an owner that is about to end
   * @throws DatabaseError `database_in_use` when another process owns the database, or this one does already,
   *   `database_read_only` when the folder takes no lock
   */
  async acquire(waitMs: number): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    await checkWritable(this.path);
    const connection = await this.engine.open(`${this.path}.lock`, 'read-write');
    try {
      await connection.exec(`PRAGMA busy_timeout = ${waitMs}; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE`);
      this.#connection = connection;
    } catch (cause) {
      await connection.close();
      throw DatabaseError.of(
        'database_in_use',
        `Another process works on ${this.path}. Stop it, or give this one a file of its own.`,
        cause,
      );
    }
  }

  /** Does nothing when the lock is not held. */
  async release(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.close();
  }
}
