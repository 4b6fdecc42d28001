import type { EntityManager } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Counter, LibraryDatabase } from '../testing/index.js';
import type { DatabasePool } from './database-pool.js';
import type { DatabaseOptions } from './database.options.js';
import type { PooledSqliteDataSource } from './typeorm/pooled-sqlite-data-source.js';

describe('DatabasePool', () => {
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

  describe('read', () => {
    it('sees the database as it was at the first read', async () => {
      await pool.read(async (manager) => {
        expect(await manager.count(Counter)).toBe(0);
        await add('written meanwhile');
        expect(await manager.count(Counter)).toBe(0);
        expect(await count()).toBe(0);
      });
      expect(await count()).toBe(1);
    });

    it('cannot write', async () => {
      const work = pool.read((manager) => manager.query(`INSERT INTO counter VALUES ('a', 1)`));
      await expect(work).rejects.toMatchObject({ driverError: { code: 'SQLITE_READONLY' } });
    });

    it('joins reads inside of it, so that readers cannot run out', async () => {
      await database.remove();
      await open({ readers: 2, acquireTimeoutMs: 200 });
      const nested = (): Promise<number> => pool.read(() => pool.read(() => count()));
      expect(await Promise.all([nested(), nested(), nested(), nested()])).toEqual([0, 0, 0, 0]);
    });

    it('joins the transaction it is called in', async () => {
      await pool.transaction(async () => {
        await add('a');
        expect(await pool.read((manager) => manager.count(Counter))).toBe(1);
      });
    });
  });

  describe('write', () => {
    it('has the writer alone, and commits each statement', async () => {
      const work = pool.write(async (manager) => {
        await add('a');
        await manager.query(`INSERT INTO counter VALUES ('b', 0)`);
        expect(pool.stats().writer.active).toBe(1);
        throw new Error('too late to undo');
      });
      await expect(work).rejects.toThrow('too late to undo');
      expect(await count()).toBe(2);
    });

    it('can run what no transaction may', async () => {
      await pool.write((manager) => manager.query('VACUUM'));
      await expect(pool.transaction((manager) => manager.query('VACUUM'))).rejects.toThrow('VACUUM');
    });

    it('puts transactions inside of it one after the other', async () => {
      await pool.write(() =>
        Promise.allSettled([
          pool.transaction(() => add('a')),
          pool.transaction(() => add('a')),
          source.getRepository(Counter).save({ id: 'b', value: 1 }),
        ]),
      );
      expect(await count()).toBe(2);
    });
  });

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

  describe('a grouped transaction', () => {
    const insert = (id: string, options: { durable?: boolean } = {}): Promise<unknown> =>
      pool.transaction((manager) => manager.insert(Counter, { id, value: 0 }), { ...options, grouped: true });

    it('is as good as one alone: all are there, and one that fails takes no other along', async () => {
      const ids = Array.from({ length: 100 }, (_, index) => `counter ${String(index)}`);
      const results = await Promise.allSettled(
        [...ids, 'counter 3'].map((id) => insert(id, { durable: true })),
      );
      expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
      expect(results.at(-1)).toMatchObject({ reason: { driverError: { code: 'SQLITE_CONSTRAINT' } } });
      expect(await count()).toBe(100);
    });

    it('joins the transaction it is called in, and is undone with it', async () => {
      const failing = pool.transaction(async () => {
        await insert('inside');
        expect(await count()).toBe(1);
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      expect(await count()).toBe(0);
    });

    it('does not join a transaction that only happens to be open when it is added', async () => {
      const inside = pool.transaction(async () => {
        await add('inside');
        throw new Error('no');
      });
      const outside = insert('outside');
      await expect(inside).rejects.toThrow('no');
      await outside;
      expect(await count()).toBe(1);
    });

    it('loses no update at 64 at once', async () => {
      await add('shared');
      const increment = (): Promise<unknown> =>
        pool.transaction(
          async (manager) => {
            const { value } = await manager.findOneByOrFail(Counter, { id: 'shared' });
            await manager.update(Counter, { id: 'shared' }, { value: value + 1 });
          },
          { grouped: true },
        );
      await Promise.all(Array.from({ length: 64 }, increment));
      expect(await source.getRepository(Counter).findOneBy({ id: 'shared' })).toMatchObject({ value: 64 });
    });
  });
});
