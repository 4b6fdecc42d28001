import {
  SqliteConnection,
  type SqliteChange,
  type SqliteCursor,
  type SqliteRow,
} from '../src/ports/sqlite-connection.js';

/** Runs nothing; remembers what it was told, and returns `rows` for every statement. */
export class FakeConnection extends SqliteConnection {
  readonly statements: string[] = [];
  rows: SqliteRow[] = [];
  closed = false;
  interrupted = false;

  all(sql: string): Promise<SqliteRow[]> {
    this.statements.push(sql);
    return Promise.resolve(this.rows);
  }

  run(sql: string): Promise<SqliteChange> {
    this.statements.push(sql);
    return Promise.resolve({ lastId: 0, changes: 0 });
  }

  exec(sql: string): Promise<void> {
    this.statements.push(sql);
    return Promise.resolve();
  }

  open(sql: string): SqliteCursor {
    this.statements.push(sql);
    const left = [...this.rows];
    return { next: () => Promise.resolve(left.shift()), close: () => Promise.resolve() };
  }

  interrupt(): void {
    this.interrupted = true;
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}
