import type { Database, Statement } from 'sqlite3';

import type { SqliteCursor, SqliteRow, SqliteValue } from '../ports/sqlite-connection.js';
import { finalize, prepare } from './sqlite3-statement.js';

/** What a cursor needs of the connection it runs on. */
export interface CursorHost {
  readonly database: Database;
  /** Puts a step in line with the connection's other work. */
  inOrder<T>(step: () => Promise<T>): Promise<T>;
  /** Called when the cursor holds a statement, and when it has freed it. */
  started(cursor: Sqlite3Cursor): void;
  ended(cursor: Sqlite3Cursor): void;
}

/** Steps through a statement of its own, so that nothing else rewinds it. */
export class Sqlite3Cursor implements SqliteCursor {
  #statement: Statement | undefined;
  #ended = false;

  constructor(
    private readonly host: CursorHost,
    private readonly sql: string,
    private readonly parameters: readonly SqliteValue[],
  ) {}

  async next(): Promise<SqliteRow | undefined> {
    const row = await this.host.inOrder(() => this.#step());
    if (row === undefined) await this.close();
    return row;
  }

  close(): Promise<void> {
    return this.host.inOrder(() => this.finish());
  }

  /** Frees the statement at once; for a caller that is in line already. */
  async finish(): Promise<void> {
    this.#ended = true;
    const statement = this.#statement;
    this.#statement = undefined;
    if (statement === undefined) return;
    await finalize(statement);
    this.host.ended(this);
  }

  /** The first step binds the parameters; a step without any goes on from where the last one stopped. */
  async #step(): Promise<SqliteRow | undefined> {
    if (this.#ended) return undefined;
    const bound = this.#statement === undefined ? this.parameters : [];
    const statement = this.#statement ?? (await prepare(this.host.database, this.sql));
    this.#statement = statement;
    this.host.started(this);
    return new Promise((resolve, reject) => {
      statement.get<SqliteRow>(bound, (error, row) => {
        if (error === null) resolve(row);
        else reject(error);
      });
    });
  }
}
