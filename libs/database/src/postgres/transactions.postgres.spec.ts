import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Counter, describePostgres, LIBRARY, PostgresDatabase } from '../../testing/index.js';
import { DatabasePool } from '../database-pool.js';
import { PooledPostgresDataSource } from './pooled-postgres-data-source.js';
import type { PostgresOptions } from './postgres.options.js';

describePostgres('transactions of PostgreSQL', (serverUrl) => {
  let database: PostgresDatabase;
  let sources: PooledPostgresDataSource[];
  let pool: DatabasePool;

  /** Another process on the same database. */
  const open = async (options: Partial<PostgresOptions> = {}): Promise<PooledPostgresDataSource> => {
    const { url } = database;
    const source = new PooledPostgresDataSource({ url, entities: LIBRARY, ...options });
    sources.push(source);
    return source.initialize();
  };

  beforeEach(async () => {
    database = await PostgresDatabase.create(serverUrl);
    sources = [];
    pool = new DatabasePool(await open({ synchronize: true }));
  });

  afterEach(async () => {
    await Promise.all(sources.map((source) => source.destroy()));
    await database.remove();
  });

  const add = (id: string, value: number): Promise<unknown> =>
    pool.transaction((manager) => manager.insert(Counter, { id, value }));

  describe('of several processes', () => {
    it('end as if one had run after the other, where each reads what another writes', async () => {
      const pools = [pool, new DatabasePool(await open()), new DatabasePool(await open({ writers: 3 }))];
      // Each takes one from the sum unless that would leave less than ten: with a weaker isolation several do.
      await add('a', 6);
      await add('b', 6);
      const take = (from: DatabasePool, id: string): Promise<boolean> =>
        from.transaction(async (manager) => {
          const sum = await manager.sum(Counter, 'value');
          if (Number(sum) <= 10) return false;
          await manager.decrement(Counter, { id }, 'value', 1);
          return true;
        });
      const taken = await Promise.all(
        Array.from({ length: 30 }, (_, index) => take(pools[index % 3] ?? pool, index % 2 === 0 ? 'a' : 'b')),
      );
      expect(taken.filter(Boolean)).toHaveLength(2);
      expect(await pool.read((manager) => manager.sum(Counter, 'value'))).toBe(10);
    });

    it('are repeated as a whole when one of a group loses', async () => {
      await add('n', 0);
      const other = new DatabasePool(await open());
      const increment = (of: DatabasePool): Promise<void> =>
        of.transaction(
          async (manager) => {
            const { value } = await manager.findOneByOrFail(Counter, { id: 'n' });
            await manager.update(Counter, 'n', { value: value + 1 });
          },
          { grouped: true },
        );
      await Promise.all(Array.from({ length: 40 }, (_, index) => increment(index % 2 === 0 ? pool : other)));
      expect(await pool.read((manager) => manager.findOneBy(Counter, { id: 'n' }))).toMatchObject({
        value: 40,
      });
    });
  });

  describe('after a statement that failed', () => {
    const failing = (manager: Parameters<Parameters<DatabasePool['transaction']>[0]>[0]): Promise<unknown> =>
      manager.insert(Counter, { id: 'there', value: 2 }).catch(() => undefined);

    beforeEach(() => add('there', 1));

    it('refuse the rest, with the first error as the cause', async () => {
      const work = pool.transaction(async (manager) => {
        await failing(manager);
        await manager.insert(Counter, { id: 'new', value: 1 });
      });
      await expect(work).rejects.toMatchObject({ code: 'transaction_aborted', cause: { code: '23505' } });
    });

    it('are not reported as committed when the error was swallowed', async () => {
      const work = pool.transaction(async (manager) => {
        await manager.insert(Counter, { id: 'new', value: 1 });
        await failing(manager);
      });
      await expect(work).rejects.toMatchObject({ code: 'transaction_aborted', cause: { code: '23505' } });
      expect(await pool.read((manager) => manager.count(Counter))).toBe(1);
      await add('new', 1);
    });
  });

  it('wait for the disk when they are durable, whatever the server does otherwise', async () => {
    await database.query(
      'ALTER ROLE CURRENT_USER IN DATABASE ' +
        new URL(database.url).pathname.slice(1) +
        ' SET synchronous_commit = off',
    );
    const other = new DatabasePool(await open());
    const level = (durable: boolean): Promise<unknown> =>
      other.transaction((manager) => manager.query('SHOW synchronous_commit'), { durable });
    expect(await level(true)).toEqual([{ synchronous_commit: 'on' }]);
    expect(await level(false)).toEqual([{ synchronous_commit: 'off' }]);
    const conflict = other.transaction(() => other.transaction(() => Promise.resolve(), { durable: true }));
    await expect(conflict).rejects.toMatchObject({ code: 'durability_conflict' });
  });

  it('give rows of a stream between other statements', async () => {
    const source = sources[0];
    if (source === undefined) throw new Error('There is no data source.');
    await source
      .getRepository(Counter)
      .insert(
        Array.from({ length: 250 }, (_, index) => ({ id: String(index).padStart(3, '0'), value: index })),
      );
    await pool.transaction(async (manager) => {
      const rows = await manager.createQueryBuilder(Counter, 'c').orderBy('c.id').stream();
      for await (const row of rows) {
        const { c_id: id } = row as unknown as { c_id: string };
        if (Number(id) % 50 === 0) await manager.update(Counter, { id }, { value: -1 });
      }
    });
    expect(await source.getRepository(Counter).countBy({ value: -1 })).toBe(5);
  });

  it('by hand are READ COMMITTED, or what is asked for', async () => {
    const runner = (sources[0] ?? (await open())).createQueryRunner();
    const levels: unknown[] = [];
    for (const level of [undefined, 'REPEATABLE READ', 'SERIALIZABLE'] as const) {
      await runner.startTransaction(level);
      levels.push(await runner.query('SHOW transaction_isolation'));
      await runner.rollbackTransaction();
    }
    await runner.release();
    expect(levels).toEqual(
      ['read committed', 'repeatable read', 'serializable'].map((level) => [
        { transaction_isolation: level },
      ]),
    );
  });

  it('keep a text with U+0000, as far as PostgreSQL can', async () => {
    await add('nul \0 inside', 1);
    expect(await pool.read((manager) => manager.findOneBy(Counter, { id: 'nul \0 inside' }))).toEqual({
      id: 'nul \ufffd inside',
      value: 1,
    });
  });
});
