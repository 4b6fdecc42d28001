import BetterSqlite3 from 'better-sqlite3';
import sqlite3 from 'sqlite3';

import { COUNT, POINT, ROWS, SCAN, TALLY, TOUCH } from './schema.js';
import type { Subject } from './subject.js';

/** `better-sqlite3` itself: every statement runs on the event loop, and its transactions cannot wait for anything. */
export function better(path: string): Subject {
  const database = new BetterSqlite3(path);
  const prepared = new Map<string, BetterSqlite3.Statement>();
  const statement = (sql: string): BetterSqlite3.Statement => {
    const known = prepared.get(sql) ?? database.prepare(sql);
    prepared.set(sql, known);
    return known;
  };
  const tally = (): number => (statement(TALLY).get() as { value: number }).value;
  const count = database.transaction(() => {
    statement(COUNT).run(tally() + 1);
  });
  const touch = database.transaction((id: number) => {
    statement(TOUCH).run(id, id);
  });
  let level = '';
  return {
    name: 'better-sqlite3',
    commits: ['plain', 'durable'],
    point: (id) => Promise.resolve(statement(POINT).get(id)),
    statement: (id) => Promise.resolve(statement(POINT).all(id)),
    rows: (id) => Promise.resolve(statement(ROWS).all(id)),
    scan: (text) => Promise.resolve(statement(SCAN).get(text)),
    touch: (id) => {
      touch(id);
      return Promise.resolve();
    },
    count: (commit) => {
      const next = commit === 'plain' ? 'NORMAL' : 'FULL';
      if (next !== level) database.pragma(`synchronous = ${next}`);
      level = next;
      count();
      return Promise.resolve();
    },
    tally: () => Promise.resolve(tally()),
    close: () => {
      database.close();
      return Promise.resolve();
    },
  };
}

/** The `sqlite3` package with prepared statements on one connection, which its callers share. */
export async function single(path: string): Promise<Subject> {
  const database = await new Promise<sqlite3.Database>((resolve, reject) => {
    const opened = new sqlite3.Database(path, (error) => {
      if (error === null) resolve(opened);
      else reject(error);
    });
  });
  const prepared = new Map<string, sqlite3.Statement>();
  const all = (sql: string, ...values: unknown[]): Promise<Record<string, unknown>[]> =>
    new Promise((resolve, reject) => {
      const statement = prepared.get(sql) ?? database.prepare(sql);
      prepared.set(sql, statement);
      statement.all<Record<string, unknown>>(values, (error, rows) => {
        if (error === null) resolve(rows);
        else reject(error);
      });
    });
  const transaction = async (work: () => Promise<unknown>): Promise<void> => {
    await all('BEGIN IMMEDIATE');
    try {
      await work();
      await all('COMMIT');
    } catch (error) {
      await all('ROLLBACK').catch(() => undefined);
      throw error;
    }
  };
  const tally = async (): Promise<number> => Number((await all(TALLY))[0]?.['value']);
  let level = '';
  return {
    name: 'sqlite3, one connection',
    commits: ['plain', 'durable'],
    point: async (id) => (await all(POINT, id))[0],
    statement: (id) => all(POINT, id),
    rows: (id) => all(ROWS, id),
    scan: (text) => all(SCAN, text),
    touch: (id) => transaction(() => all(TOUCH, id, id)),
    count: async (commit) => {
      const next = commit === 'plain' ? 'NORMAL' : 'FULL';
      if (next !== level) await all(`PRAGMA synchronous = ${next}`);
      level = next;
      await transaction(async () => {
        const value = await tally();
        await new Promise(setImmediate);
        await all(COUNT, value + 1);
      });
    },
    tally,
    close: async () => {
      for (const statement of prepared.values()) statement.finalize();
      await new Promise<void>((resolve, reject) => {
        database.close((error) => {
          if (error === null) resolve();
          else reject(error);
        });
      });
    },
  };
}
