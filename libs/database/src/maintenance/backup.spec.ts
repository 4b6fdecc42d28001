import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { LibraryDatabase, TemporaryFolder } from '../../testing/index.js';
import { PooledSqliteDataSource } from '../typeorm/pooled-sqlite-data-source.js';
import { Sqlite3Engine } from '../strategies/sqlite3-engine.js';
import { backUpDatabase } from './backup.js';

describe('backUpDatabase', () => {
  const folder = new TemporaryFolder();
  let database: LibraryDatabase;
  let to: string;

  beforeEach(async () => {
    database = await LibraryDatabase.open();
    to = await folder.file('backups/one.sqlite');
  });
  afterEach(async () => {
    await database.remove();
    await folder.remove();
  });

  const backUp = (options = {}) => backUpDatabase({ from: database.path, to, ...options });
  const query = async <T>(path: string, sql: string): Promise<T[]> => {
    const source = await new PooledSqliteDataSource({ path }).initialize();
    const rows = await source.query<T[]>(sql);
    await source.destroy();
    return rows;
  };
  const left = (): Promise<string[]> => readdir(dirname(to)).catch(() => []);

  it('copies what is committed, also what is in the log only, for this user alone', async () => {
    await database.save('one', 1);
    const report = await backUp();
    expect(report).toMatchObject({ path: to, bytes: (await stat(to)).size, integrity: 'ok' });
    expect((await stat(to)).mode & 0o777).toBe(0o600);
    expect(await query(to, 'SELECT id, value FROM counter')).toEqual([{ id: 'one', value: 1 }]);
    expect(await left()).toEqual(['one.sqlite']);
  });

  it('copies a database that nobody has open', async () => {
    await database.save('one', 1);
    await database.source.destroy();
    await backUp();
    expect(await query(to, 'SELECT count(*) AS n FROM counter')).toEqual([{ n: 1 }]);
  });

  it('shows one moment of a storm of writes, and lets them go on', async () => {
    await database.save('left', 5_000);
    await database.save('right', 5_000);
    await database.source.query('CREATE TABLE transfer (amount INTEGER, note TEXT)');
    let isOver = false;
    let transfers = 0;
    const storm = async (): Promise<void> => {
      while (!isOver) {
        await database.pool.transaction(async (manager) => {
          await manager.query(`UPDATE counter SET value = value - 1 WHERE id = 'left'`);
          await manager.query(`INSERT INTO transfer VALUES (1, hex(zeroblob(2000)))`);
          await manager.query(`UPDATE counter SET value = value + 1 WHERE id = 'right'`);
        });
        transfers += 1;
      }
    };
    const writers = [storm(), storm(), storm()];
    const during: number[] = [];
    for (const n of [1, 2, 3, 4]) {
      const seen = transfers;
      await expect.poll(() => transfers, { timeout: 10_000 }).toBeGreaterThan(seen + 50);
      const before = transfers;
      await backUp({ to: `${to}.${String(n)}` });
      during.push(transfers - before);
    }
    isOver = true;
    await Promise.all(writers);

    expect(Math.max(...during)).toBeGreaterThan(0);
    let last = 0;
    for (const n of [1, 2, 3, 4]) {
      const [row] = await query<{ sum: number; right: number; moved: number }>(
        `${to}.${String(n)}`,
        `SELECT (SELECT sum(value) FROM counter) AS sum, (SELECT value FROM counter WHERE id = 'right') AS right,
           (SELECT count(*) FROM transfer) AS moved`,
      );
      expect(row).toMatchObject({ sum: 10_000, right: 5_000 + (row?.moved ?? Number.NaN) });
      expect(row?.moved).toBeGreaterThan(last);
      last = row?.moved ?? 0;
    }
  });

  it('writes over nothing', async () => {
    await backUp();
    const before = await readFile(to);
    await expect(backUp()).rejects.toMatchObject({ code: 'backup_exists', category: 'conflict' });
    expect(before.equals(await readFile(to))).toBe(true);
  });

  it('takes the place of what a crash left', async () => {
    await mkdir(dirname(to), { recursive: true });
    await writeFile(`${to}.part`, 'half of it');
    await backUp();
    expect(await left()).toEqual(['one.sqlite']);
  });

  it.each([
    ['there is no database', { from: '/nowhere/at.all' }, 'There is no database at /nowhere/at.all'],
    ['the folder cannot be made', { to: '/dev/null/backups/one.sqlite' }, 'ENOTDIR'],
  ])('says so when %s', async (_, options, message) => {
    await expect(backUp(options)).rejects.toMatchObject({
      code: 'backup_failed',
      category: 'unavailable',
      message: expect.stringContaining(message) as string,
    });
    expect(await left()).toEqual([]);
  });

  it('leaves nothing when the copy fails half-way', async () => {
    const engine = new Sqlite3Engine(1);
    const failing = {
      open: async (path: string, access: 'read-write' | 'read-only') => {
        const connection = await engine.open(path, access);
        const all = connection.all.bind(connection);
        connection.all = async (sql, parameters) => {
          await all(sql, parameters);
          throw Object.assign(new Error('SQLITE_FULL: database or disk is full'), { code: 'SQLITE_FULL' });
        };
        return connection;
      },
    };
    await expect(backUp({ engine: failing })).rejects.toMatchObject({
      code: 'backup_failed',
      message: expect.stringContaining('SQLITE_FULL') as string,
    });
    expect(await left()).toEqual([]);
  });

  it('makes none of a damaged database', async () => {
    await database.source.query(
      'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO counter SELECT i, i FROM n',
    );
    await database.source.destroy();
    const content = await readFile(database.path);
    await writeFile(database.path, content.fill(0xab, content.length - 20_000, content.length - 8_000));
    await expect(backUp()).rejects.toMatchObject({ code: 'database_corrupt' });
    expect(await left()).toEqual([]);
  });

  it('can be given up', async () => {
    await expect(backUp({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'backup_failed' });
    expect(await left()).toEqual([]);
  });
});
