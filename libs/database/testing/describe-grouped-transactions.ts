import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { DatabasePool } from '../src/database-pool.js';
import type { PooledDataSource } from '../src/typeorm/pooled-data-source.js';
import { isUniqueViolation } from '../src/unique-violation.js';
import type { MakePooled } from './describe-database-pool.js';
import { Counter, LIBRARY } from './library.entities.js';

/** The part of the suite about what transactions of one group are for each other. */
export function describeGroupedTransactions(make: MakePooled): void {
  describe('a grouped transaction', () => {
    let source: PooledDataSource;
    let pool: DatabasePool;

    beforeEach(async () => {
      source = await make({ entities: LIBRARY, synchronize: true });
      pool = new DatabasePool(source);
    });
    afterEach(() => source.destroy());

    const add = (id: string): Promise<unknown> => source.getRepository(Counter).insert({ id, value: 0 });
    const count = (): Promise<number> => source.getRepository(Counter).count();
    const insert = (id: string, options: { durable?: boolean } = {}): Promise<unknown> =>
      pool.transaction((manager) => manager.insert(Counter, { id, value: 0 }), {
        ...options,
        grouped: true,
      });

    it('is as good as one alone: all are there, and one that fails takes no other along', async () => {
      const ids = Array.from({ length: 100 }, (_, index) => `counter ${String(index)}`);
      const results = await Promise.allSettled(
        [...ids, 'counter 3'].map((id) => insert(id, { durable: true })),
      );
      expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
      expect(results.map(errorOf).filter(isUniqueViolation)).toHaveLength(1);
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
}

const errorOf = (result: PromiseSettledResult<unknown>): unknown =>
  result.status === 'rejected' ? result.reason : undefined;
