import type { DataSource, EntityManager } from 'typeorm';
import { describe, expect, it } from 'vitest';

import { Gate } from '../gate.js';
import { Author, Counter } from '../library.entities.js';

/** The part of the suite about transactions. */
export function describeTransactions(source: () => DataSource): void {
  describe('transactions', () => {
    const addAuthor = (name: string, manager: EntityManager = source().manager): Promise<Author> =>
      manager.save(Author, { name });

    const count = () => source().getRepository(Author).count();

    it('commits, returning what the function returns', async () => {
      expect(await source().transaction((manager) => addAuthor('Ada', manager))).toMatchObject({
        name: 'Ada',
      });
      expect(await count()).toBe(1);
    });

    it('rolls back when the function fails, with its error', async () => {
      const failure = new Error('no');
      const work = source().transaction(async (manager) => {
        await addAuthor('Ada', manager);
        throw failure;
      });
      await expect(work).rejects.toBe(failure);
      expect(await count()).toBe(0);
      await addAuthor('Ada');
    });

    it('rolls a nested one back alone', async () => {
      await source().transaction(async (manager) => {
        await addAuthor('outer', manager);
        const nested = manager.transaction(async (inner) => {
          await addAuthor('inner', inner);
          throw new Error('inner only');
        });
        await expect(nested).rejects.toThrow('inner only');
        await manager.transaction((inner) => addAuthor('second', inner));
      });
      expect((await source().getRepository(Author).find()).map(({ name }) => name).sort()).toEqual([
        'outer',
        'second',
      ]);
    });

    it('takes a nested one that succeeded back with the outer one', async () => {
      const work = source().transaction(async (manager) => {
        await manager.transaction((inner) => addAuthor('inner', inner));
        throw new Error('all');
      });
      await expect(work).rejects.toThrow('all');
      expect(await count()).toBe(0);
    });

    it('goes on after a nested one that failed in a statement', async () => {
      await addAuthor('Ada');
      await source().transaction(async (manager) => {
        await expect(manager.transaction((inner) => addAuthor('Ada', inner))).rejects.toThrow(/unique/i);
        await addAuthor('Bob', manager);
      });
      expect(await count()).toBe(2);
    });

    it('never shows uncommitted rows outside of it', async () => {
      const end = new Gate();
      const started = new Gate();
      const work = source().transaction(async (manager) => {
        await addAuthor('Ada', manager);
        started.open();
        await end.passed;
        throw new Error('undone');
      });
      await started.passed;
      const outside = count();
      setTimeout(() => {
        end.open();
      }, 20);
      await expect(work).rejects.toThrow('undone');
      expect(await outside).toBe(0);
    });

    it('can be SERIALIZABLE', async () => {
      await source().transaction('SERIALIZABLE', (manager) => addAuthor('Ada', manager));
      expect(await count()).toBe(1);
    });

    it('loses no update of 64 at once', async () => {
      await source().getRepository(Counter).insert({ id: 'n', value: 0 });
      const increment = () =>
        source().transaction(async (manager) => {
          const { value } = await manager.findOneByOrFail(Counter, { id: 'n' });
          await manager.update(Counter, 'n', { value: value + 1 });
        });
      await Promise.all(Array.from({ length: 64 }, increment));
      expect(await source().getRepository(Counter).findOneByOrFail({ id: 'n' })).toEqual({
        id: 'n',
        value: 64,
      });
    });
  });
}
