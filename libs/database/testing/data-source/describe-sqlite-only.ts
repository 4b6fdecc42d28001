import type { DataSource, EntityManager } from 'typeorm';
import { describe, expect, it } from 'vitest';

import { Author, Counter, Sample } from '../library.entities.js';

/** The part of the suite about what SQLite does in its own way. */
export function describeSqliteOnly(source: () => DataSource): void {
  describe('on SQLite', () => {
    const addAuthor = (name: string, manager: EntityManager = source().manager): Promise<Author> =>
      manager.save(Author, { name });

    it('a transaction goes on after a failed statement that was caught', async () => {
      await addAuthor('Ada');
      await source().transaction(async (manager) => {
        await expect(addAuthor('Ada', manager)).rejects.toMatchObject({
          driverError: { code: 'SQLITE_CONSTRAINT' },
        });
        await addAuthor('Bob', manager);
      });
      expect(await source().getRepository(Author).count()).toBe(2);
    });

    it('there is no isolation weaker than SERIALIZABLE', async () => {
      await expect(source().transaction('READ UNCOMMITTED', () => Promise.resolve())).rejects.toThrow(
        'not supported',
      );
    });

    it('raw writes give the number of rows, or those of RETURNING', async () => {
      await source().getRepository(Counter).insert({ id: 'a', value: 1 });
      expect(await source().query('UPDATE counter SET value = 0')).toBe(1);
      expect(await source().query('DELETE FROM counter RETURNING id')).toEqual([{ id: 'a' }]);
    });

    it('raw queries take dates and big integers', async () => {
      const at = new Date('2026-02-03T04:05:06.789Z');
      const big = 9_007_199_254_740_993n;
      await source().getRepository(Sample).insert({ id: 1, at });
      await source().query('UPDATE sample SET big = ? WHERE at = ?', [big, at]);
      expect(
        await source().query('SELECT CAST(big AS TEXT) AS big, typeof(big) AS type FROM sample'),
      ).toEqual([{ big: big.toString(), type: 'integer' }]);
    });

    it('what it cannot store is refused', async () => {
      await expect(source().query('SELECT ?', [{ a: 1 }])).rejects.toMatchObject({
        code: 'unsupported_parameter',
        message: expect.stringContaining('Parameter 1 is of type object') as string,
      });
    });
  });
}
