import { access } from 'node:fs/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Counter, Gate, LibraryDatabase } from '../testing/index.js';
import type { DatabasePool } from './database-pool.js';
import type { DatabaseOptions } from './database.options.js';
import type { PooledSqliteDataSource } from './typeorm/pooled-sqlite-data-source.js';

const ENDLESS = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n';

describe('the connections of a database', () => {
  let database: LibraryDatabase;
  let source: PooledSqliteDataSource;
  let pool: DatabasePool;

  const open = async (options: Partial<DatabaseOptions> = {}): Promise<void> => {
    database = await LibraryDatabase.open(options);
    ({ source, pool } = database);
  };

  beforeEach(() => open());

  afterEach(() => database.remove());

  const add = (id: string): Promise<unknown> => source.getRepository(Counter).insert({ id, value: 0 });
  const count = (): Promise<number> => source.getRepository(Counter).count();

  describe('in use', () => {
    it('are configured, each of them', async () => {
      const names = [
        'journal_mode',
        'synchronous',
        'cache_size',
        'temp_store',
        'foreign_keys',
        'busy_timeout',
      ];
      for (const run of [pool.read.bind(pool), pool.write.bind(pool)]) {
        const values = await run(async (manager) => {
          const rows: object[] = [];
          for (const name of names) rows.push(...(await manager.query<object[]>(`PRAGMA ${name}`)));
          return rows.map((row) => Object.values(row)[0] as unknown);
        });
        expect(values).toEqual(['wal', 1, 10_000, 2, 1, 5000]);
      }
    });

    it('are counted', async () => {
      const gate = new Gate();
      const idle = { active: 0, waiting: 0 };
      expect(pool.stats()).toMatchObject({
        readers: { size: 5, idle: 5, ...idle },
        writer: { size: 1, idle: 1, ...idle },
      });
      const work = [
        ...Array.from({ length: 7 }, () => pool.read(() => gate.passed)),
        ...Array.from({ length: 3 }, () => pool.write(() => gate.passed)),
      ];
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(pool.stats()).toMatchObject({
        readers: { size: 5, active: 5, idle: 0, waiting: 2 },
        writer: { size: 1, active: 1, idle: 0, waiting: 2 },
      });
      gate.open();
      await Promise.all(work);
      expect(database.observer.waits.map(({ resource }) => resource).sort()).toEqual([
        ...['database.readers', 'database.readers', 'database.writer', 'database.writer'],
      ]);
    });

    it('are not taken by a query runner that is not used', async () => {
      const runners = Array.from({ length: 20 }, () => source.createQueryRunner());
      await add('a');
      await Promise.all(runners.map((runner) => runner.release()));
      const connected = source.createQueryRunner('slave');
      await connected.connect();
      expect(pool.stats().readers.active).toBe(1);
      await connected.release();
    });
  });

  describe('a long', () => {
    it('read delays no write, however many there are', async () => {
      const reads = Array.from({ length: 5 }, () => pool.read((manager) => manager.query(ENDLESS)));
      const ended = Promise.allSettled(reads);
      await add('a');
      await pool.transaction(() => add('b'), { durable: true });
      await cutOff();
      expect((await ended).map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'rejected'));
    });

    it('write delays no read, and is undone if it is cut off', async () => {
      await add('a');
      const write = source.query(
        `INSERT INTO counter SELECT 'x' || max(i), 1 FROM (${ENDLESS.replace('max(i)', 'i')})`,
      );
      expect(await Promise.all(Array.from({ length: 9 }, () => count()))).toEqual(
        Array.from({ length: 9 }, () => 1),
      );
      const ended = expect(write).rejects.toMatchObject({ driverError: { code: 'SQLITE_INTERRUPT' } });
      await cutOff();
      await ended;
    });

    const cutOff = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      await expect(source.destroy()).rejects.toMatchObject({ code: 'close_timeout' });
    };

    beforeEach(async () => {
      await database.remove();
      await open({ closeTimeoutMs: 30 });
    });
  });

  describe('closing', () => {
    it('leaves one file, with everything in it', async () => {
      await add('a');
      await expect(access(`${database.path}-wal`)).resolves.toBeUndefined();
      await source.destroy();
      await expect(access(`${database.path}-wal`)).rejects.toThrow('ENOENT');
      await expect(access(database.path)).resolves.toBeUndefined();
    });
  });
});
