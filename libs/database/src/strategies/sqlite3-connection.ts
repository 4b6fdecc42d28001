import type { Database, RunResult, Statement } from 'sqlite3';

import { Lru } from '../lru.js';
import {
  SqliteConnection,
  type SqliteChange,
  type SqliteCursor,
  type SqliteRow,
  type SqliteValue,
} from '../ports/sqlite-connection.js';
import { LARGE, type LoopTurns } from './loop-turns.js';
import { Sqlite3Cursor } from './sqlite3-cursor.js';
import { finalize, prepare } from './sqlite3-statement.js';

/** One handle of the `sqlite3` package, with the prepared statements it used last. */
export class Sqlite3Connection extends SqliteConnection {
  readonly #statements: Lru<string, Statement>;
  readonly #cursors = new Set<Sqlite3Cursor>();
  readonly #inLine: (() => void)[] = [];
  #busy = false;
  #closing: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    statementCacheSize: number,
    private readonly turns: LoopTurns,
  ) {
    super();
    this.#statements = new Lru(statementCacheSize, (statement) => void finalize(statement));
  }

  async all(sql: string, parameters: readonly SqliteValue[]): Promise<SqliteRow[]> {
    const found = await this.#prepared<SqliteRow[]>(sql, parameters, (statement) => {
      return new Promise((resolve, reject) => {
        statement.all<SqliteRow>(parameters, (error, rows) => {
          if (error === null) resolve(rows);
          else reject(error);
        });
      });
    });
    if (found.length >= LARGE) await this.turns.take();
    return found;
  }

  run(sql: string, parameters: readonly SqliteValue[]): Promise<SqliteChange> {
    return this.#prepared(sql, parameters, (statement) => {
      return new Promise((resolve, reject) => {
        statement.run(parameters, function (this: RunResult, error) {
          if (error === null) resolve({ lastId: this.lastID, changes: this.changes });
          else reject(error);
        });
      });
    });
  }

  exec(sql: string): Promise<void> {
    return this.#inOrder(
      () =>
        new Promise((resolve, reject) => {
          this.database.exec(sql, (error) => {
            if (error === null) resolve();
            else reject(error);
          });
        }),
    );
  }

  open(sql: string, parameters: readonly SqliteValue[]): SqliteCursor {
    return new Sqlite3Cursor(
      {
        database: this.database,
        inOrder: (step) => this.#inOrder(step),
        started: (cursor) => void this.#cursors.add(cursor),
        ended: (cursor) => void this.#cursors.delete(cursor),
      },
      sql,
      parameters,
    );
  }

  interrupt(): void {
    if (this.#closing === undefined) this.database.interrupt();
  }

  close(): Promise<void> {
    this.#closing ??= this.#inOrder(async () => {
      this.#statements.clear();
      for (const cursor of this.#cursors) await cursor.finish();
      return new Promise<void>((resolve, reject) => {
        this.database.close((error) => {
          if (error === null) resolve();
          else reject(error);
        });
      });
    });
    return this.#closing;
  }

  /**
   * A cached statement keeps the values bound to it, and binding none leaves them there; so the number of parameters
   * is part of the key, and a call never sees values of another one.
   */
  #prepared<T>(
    sql: string,
    parameters: readonly SqliteValue[],
    execute: (statement: Statement) => Promise<T>,
  ): Promise<T> {
    const key = `${parameters.length} ${sql}`;
    return this.#inOrder(async () => {
      let statement = this.#statements.get(key);
      if (statement === undefined) {
        statement = await prepare(this.database, sql);
        this.#statements.set(key, statement);
      }
      try {
        return await execute(statement);
      } catch (error) {
        this.#statements.delete(key);
        throw error;
      }
    });
  }

  /** A task that ends lets the next one in line in before any newcomer. */
  async #inOrder<T>(task: () => Promise<T>): Promise<T> {
    if (this.#busy) await new Promise<void>((resolve) => this.#inLine.push(resolve));
    this.#busy = true;
    try {
      return await task();
    } finally {
      const next = this.#inLine.shift();
      if (next === undefined) this.#busy = false;
      else next();
    }
  }
}
