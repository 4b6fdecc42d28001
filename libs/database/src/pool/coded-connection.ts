import {
  SqliteConnection,
  type SqliteChange,
  type SqliteCursor,
  type SqliteRow,
  type SqliteValue,
} from '../ports/sqlite-connection.js';
import { asStorageError } from './storage-error.js';

/** Tells trouble with the disk and the file in coded errors: see {@link asStorageError}. */
export class CodedConnection extends SqliteConnection {
  constructor(
    private readonly inner: SqliteConnection,
    private readonly access: 'read-write' | 'read-only',
  ) {
    super();
  }

  all(sql: string, parameters: readonly SqliteValue[]): Promise<SqliteRow[]> {
    return this.#coded(this.inner.all(sql, parameters));
  }

  run(sql: string, parameters: readonly SqliteValue[]): Promise<SqliteChange> {
    return this.#coded(this.inner.run(sql, parameters));
  }

  exec(sql: string): Promise<void> {
    return this.#coded(this.inner.exec(sql));
  }

  open(sql: string, parameters: readonly SqliteValue[]): SqliteCursor {
    const cursor = this.inner.open(sql, parameters);
    return { next: () => this.#coded(cursor.next()), close: () => cursor.close() };
  }

  interrupt(): void {
    this.inner.interrupt();
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  async #coded<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw asStorageError(error, this.access);
    }
  }
}
