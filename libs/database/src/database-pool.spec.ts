import type { EntityManager } from 'typeorm';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Counter, describeDatabasePool, LibraryDatabase, TemporaryFolder } from '../testing/index.js';
import type { DatabasePool } from './database-pool.js';
import type { DatabaseOptions } from './database.options.js';
import { PooledSqliteDataSource } from './typeorm/pooled-sqlite-data-source.js';

const folder = new TemporaryFolder();

afterAll(() => folder.remove());

describeDatabasePool('SQLite', async (options) =>
  new PooledSqliteDataSource({ path: await folder.file(), ...options }).initialize(),
);

describe('DatabasePool on SQLite only', () => {
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

  describe('durable transactions', () => {
    const level = async (manager: EntityManager = source.manager): Promise<unknown> => {
      const [row] = await manager.query<{ synchronous: number }[]>('PRAGMA synchronous');
      return row?.synchronous;
    };
    const [NORMAL, FULL] = [1, 2];

    it('wait for the disk, the others do not', async () => {
      expect(await pool.transaction(level, { durable: true })).toBe(FULL);
      expect(await pool.transaction(level)).toBe(NORMAL);
      expect(await level()).toBe(NORMAL);
    });

    it('leave the level as it was when they fail, or cannot begin', async () => {
      const work = pool.transaction(() => Promise.reject(new Error('no')), { durable: true });
      await expect(work).rejects.toThrow('no');
      expect(await level()).toBe(NORMAL);
    });

    it('may hold others, and be held by durable ones', async () => {
      const levels = await pool.transaction(
        async () => [await pool.transaction(level), await pool.transaction(level, { durable: true })],
        { durable: true },
      );
      expect(levels).toEqual([FULL, FULL]);
    });

    it('may be begun inside of write()', async () => {
      expect(await pool.write(() => pool.transaction(level, { durable: true }))).toBe(FULL);
      expect(await level()).toBe(NORMAL);
    });

    it('are refused inside of one that is not, which goes on', async () => {
      await pool.transaction(async () => {
        await add('a');
        await expect(pool.transaction(() => add('b'), { durable: true })).rejects.toMatchObject({
          code: 'durability_conflict',
          message: expect.stringContaining('outermost') as string,
        });
      });
      expect(await count()).toBe(1);
    });

    it('are what every one is where the database waits for the disk anyway', async () => {
      await database.remove();
      await open({ pragmas: { synchronous: 'EXTRA' } });
      await pool.transaction(() => pool.transaction(() => add('a'), { durable: true }), { durable: true });
      expect(await level()).toBe(3);
    });
  });
});
