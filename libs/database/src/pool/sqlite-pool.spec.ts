import { beforeEach, describe, expect, it } from 'vitest';

import { FakeConnection } from '../../testing/index.js';
import { resolveDatabaseOptions, type DatabaseOptions } from '../database.options.js';
import { SqliteEngine } from '../ports/sqlite-connection.js';
import { SqlitePool } from './sqlite-pool.js';

class FakeEngine extends SqliteEngine {
  readonly opened: { access: string; connection: FakeConnection }[] = [];
  journalMode = 'wal';
  failsAt = Infinity;

  open(_path: string, access: 'read-write' | 'read-only'): Promise<FakeConnection> {
    if (this.opened.length === this.failsAt) return Promise.reject(new Error('too many open files'));
    const connection = new FakeConnection();
    connection.rows = [{ journal_mode: this.journalMode }];
    this.opened.push({ access, connection });
    return Promise.resolve(connection);
  }
}

describe('SqlitePool', () => {
  let engine: FakeEngine;

  beforeEach(() => {
    engine = new FakeEngine();
  });

  const make = (options: Partial<DatabaseOptions> = {}): SqlitePool =>
    new SqlitePool(resolveDatabaseOptions({ path: 'x.db', readers: 3, ...options }), engine);
  const allClosed = (): boolean => engine.opened.every(({ connection }) => connection.closed);

  it('opens the writer first, then the readers, read-only', async () => {
    await make().open();
    expect(engine.opened.map(({ access }) => access)).toEqual([
      'read-write',
      'read-only',
      'read-only',
      'read-only',
    ]);
  });

  it('configures each connection before its first use', async () => {
    await make({ busyTimeoutMs: 7, pragmas: { cacheSize: -64, foreignKeys: false } }).open();
    for (const { connection } of engine.opened) {
      expect(connection.statements[0]).toBe(
        'PRAGMA busy_timeout = 7; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -64; ' +
          'PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = OFF',
      );
    }
    expect(engine.opened[0]?.connection.statements[1]).toBe('PRAGMA "main".journal_mode = WAL');
  });

  it('uses one connection for all in memory', async () => {
    const pool = make({ path: ':memory:' });
    await pool.open();
    expect(engine.opened.map(({ access }) => access)).toEqual(['read-write']);
    expect(pool.readers).toBe(pool.writer);
    expect(pool.stats()).toMatchObject({
      readers: { size: 0, active: 0, idle: 0, waiting: 0 },
      writer: { size: 1, active: 0, idle: 1, waiting: 0 },
    });
  });

  it('refuses a place where there can be no write-ahead log, and closes', async () => {
    engine.journalMode = 'delete';
    await expect(make().open()).rejects.toMatchObject({
      code: 'wal_unavailable',
      message: expect.stringContaining('x.db (journal mode delete)') as string,
    });
    expect(allClosed()).toBe(true);
  });

  it('closes the writer when a reader cannot be opened', async () => {
    engine.failsAt = 1;
    await expect(make().open()).rejects.toThrow('too many open files');
    expect(allClosed()).toBe(true);
  });

  it('empties the log on the writer when it closes', async () => {
    const pool = make();
    await pool.open();
    await pool.close();
    expect(engine.opened[0]?.connection.statements.at(-1)).toBe('PRAGMA wal_checkpoint(TRUNCATE)');
    expect(engine.opened[1]?.connection.statements).toHaveLength(1);
    expect(allClosed()).toBe(true);
  });

  it('lets readers have all threads but one', async () => {
    const pool = make({ threads: 3 });
    await pool.open();
    const leases = await Promise.all(['a', 'b', 'c'].map((name) => pool.readers.acquire({ name })));
    let running = 0;
    let most = 0;
    for (const { connection } of engine.opened) {
      connection.all = async () => {
        most = Math.max(most, (running += 1));
        await new Promise(setImmediate);
        running -= 1;
        return [];
      };
    }
    await Promise.all(leases.map(({ connection }) => connection.all('SELECT 1', [])));
    expect(most).toBe(2);
    for (const lease of leases) lease.release();
    await pool.close();
  });
});
