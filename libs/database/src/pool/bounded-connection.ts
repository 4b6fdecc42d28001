import type { Semaphore } from 'penstock/concurrency';

import {
  SqliteConnection,
  type SqliteChange,
  type SqliteCursor,
  type SqliteRow,
  type SqliteValue,
} from '../ports/sqlite-connection.js';

/**
 * Takes a permit for each statement, so that readers together never occupy every thread: SQLite's work runs on libuv's
 * pool (4 threads unless `UV_THREADPOOL_SIZE` says otherwise), and a write must find one free.
 */
export class BoundedConnection extends SqliteConnection {
  constructor(
    private readonly inner: SqliteConnection,
    private readonly threads: Semaphore,
  ) {
    super();
  }

  all(sql: string, parameters: readonly SqliteValue[]): Promise<SqliteRow[]> {
    return this.threads.run(() => this.inner.all(sql, parameters));
  }

  run(sql: string, parameters: readonly SqliteValue[]): Promise<SqliteChange> {
    return this.threads.run(() => this.inner.run(sql, parameters));
  }

  exec(sql: string): Promise<void> {
    return this.threads.run(() => this.inner.exec(sql));
  }

  open(sql: string, parameters: readonly SqliteValue[]): SqliteCursor {
    const cursor = this.inner.open(sql, parameters);
    return { next: () => this.threads.run(() => cursor.next()), close: () => cursor.close() };
  }

  interrupt(): void {
    this.inner.interrupt();
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
