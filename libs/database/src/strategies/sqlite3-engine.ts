import sqlite3 from 'sqlite3';

import { SqliteEngine } from '../ports/sqlite-connection.js';
import { LoopTurns } from './loop-turns.js';
import { Sqlite3Connection } from './sqlite3-connection.js';

/** Connections of the `sqlite3` package: SQLite in native code, each statement on a thread of libuv's pool. */
export class Sqlite3Engine extends SqliteEngine {
  readonly #turns = new LoopTurns();

  constructor(private readonly statementCacheSize: number) {
    super();
  }

  open(path: string, access: 'read-write' | 'read-only'): Promise<Sqlite3Connection> {
    const mode =
      access === 'read-only' ? sqlite3.OPEN_READONLY : sqlite3.OPEN_READWRITE | sqlite3.OPEN_CREATE;
    return new Promise((resolve, reject) => {
      const database = new sqlite3.Database(path, mode, (error) => {
        if (error === null) resolve(new Sqlite3Connection(database, this.statementCacheSize, this.#turns));
        else reject(error);
      });
    });
  }
}
