import { readFile, stat, truncate, writeFile } from 'node:fs/promises';

import { SystemClock } from 'penstock/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { FakeConnection, TemporaryFolder } from '../../testing/index.js';
import { PooledSqliteDataSource } from '../typeorm/pooled-sqlite-data-source.js';
import { Sqlite3Engine } from '../strategies/sqlite3-engine.js';
import { quickCheck } from './checks.js';

const PAGE = 4_096;

describe('the check of a file at the start', () => {
  const folder = new TemporaryFolder();
  const options = { clock: new SystemClock(), limitMs: 60_000 };
  let path: string;

  beforeEach(async () => {
    path = await folder.file();
    const source = await new PooledSqliteDataSource({ path }).initialize();
    await source.query('CREATE TABLE item (id INTEGER PRIMARY KEY, text TEXT)');
    await source.query(
      'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) ' +
        'INSERT INTO item SELECT i, hex(randomblob(50)) FROM n',
    );
    await source.destroy();
  });
  afterEach(() => folder.remove());

  const check = () => quickCheck(new Sqlite3Engine(1), path, options);
  const damage = async (at: number, bytes: number, byte: number): Promise<void> => {
    const content = await readFile(path);
    await writeFile(path, content.fill(byte, at, at + bytes));
  };

  it('finds a sound file sound, and takes none or an empty one for a new database', async () => {
    expect(await check()).toMatchObject({ result: 'ok' });
    await truncate(path, 0);
    expect(await check()).toMatchObject({ result: 'ok' });
    path = await folder.file();
    expect(await check()).toMatchObject({ result: 'ok' });
  });

  it.each([
    ['has no header', () => damage(0, 16, 0), 'it is not a SQLite database'],
    ['has no schema', () => damage(100, PAGE - 100, 7), 'malformed'],
    ['has a page of rubbish', () => damage(20 * PAGE, PAGE, 0xab), 'Tree'],
    ['was cut off', async () => truncate(path, (await stat(path)).size / 2), 'malformed'],
    ['is some other file', () => writeFile(path, 'Dear diary'.repeat(1_000)), 'it is not a SQLite database'],
    ['is a single byte', () => writeFile(path, 'x'), 'it is not a SQLite database'],
  ])('refuses a file that %s, says what it found, and changes nothing', async (_, harm, found) => {
    await harm();
    const before = await readFile(path);
    const start = new PooledSqliteDataSource({ path, exclusive: true }).initialize();
    await expect(start).rejects.toMatchObject({
      code: 'database_corrupt',
      category: 'unavailable',
      message: expect.stringMatching(
        new RegExp(`^${path} cannot be used: .*${found}.* Nothing was changed. Restore a backup.$`),
      ) as string,
    });
    expect(before.equals(await readFile(path))).toBe(true);
  });

  it('can be left out', async () => {
    await damage(20 * PAGE, PAGE, 0xab);
    const source = new PooledSqliteDataSource({ path, maintenance: { startCheckMs: 0 } });
    await source.initialize();
    expect((await source.file?.state())?.startCheck).toBeNull();
    await expect(source.query('SELECT sum(length(text)) FROM item')).rejects.toMatchObject({
      code: 'database_corrupt',
    });
    await source.destroy();
  });

  it('is given up when its time is over', async () => {
    const connection = new FakeConnection();
    connection.all = () =>
      new Promise((_, reject) => {
        connection.interrupt = () => {
          reject(Object.assign(new Error('interrupted'), { code: 'SQLITE_INTERRUPT' }));
        };
      });
    const engine = { open: () => Promise.resolve(connection) };
    expect(await quickCheck(engine, path, { ...options, limitMs: 1 })).toMatchObject({
      result: 'unfinished',
    });
    expect(connection.closed).toBe(true);
  });
});
