import { In, QueryFailedError, type DataSource, type EntityManager } from 'typeorm';
import { describe, expect, it } from 'vitest';

import { isUniqueViolation } from '../../src/unique-violation.js';
import { Author, Counter } from '../library.entities.js';

/** The part of the suite about rows. */
export function describeRows(source: () => DataSource): void {
  describe('rows', () => {
    const addAuthor = (name: string, manager: EntityManager = source().manager): Promise<Author> =>
      manager.save(Author, { name });

    it('inserts, reads back what the database generated, updates and removes', async () => {
      const authors = source().getRepository(Author);
      const author = await authors.save(authors.create({ name: 'Ada' }));
      expect(author).toMatchObject({ id: 1, points: 0, version: 1 });
      expect(author.createdAt).toBeInstanceOf(Date);
      author.name = 'Ada L.';
      await authors.save(author);
      expect(author.version).toBe(2);
      expect(await authors.findOneBy({ id: 1 })).toMatchObject({ name: 'Ada L.', version: 2 });
      await authors.remove(author);
      expect(await authors.count()).toBe(0);
    });

    it('gives every row of a bulk insert its own id', async () => {
      const rows = Array.from({ length: 100 }, (_, index) => ({ name: `n${index}` }));
      const { identifiers } = await source().getRepository(Author).insert(rows);
      const stored = await source()
        .getRepository(Author)
        .findBy({ name: In(['n0', 'n57', 'n99']) });
      expect(stored.map(({ id, name }) => [id, name])).toEqual(
        [0, 57, 99].map((index) => [identifiers[index]?.['id'] as unknown, `n${index}`]),
      );
    });

    it('counts the rows that an update or a delete touched', async () => {
      await source()
        .getRepository(Counter)
        .insert([1, 2, 3].map((value) => ({ id: `c${value}`, value })));
      expect(
        await source()
          .getRepository(Counter)
          .update({ id: In(['c1', 'c2']) }, { value: 9 }),
      ).toMatchObject({ affected: 2 });
      expect(await source().getRepository(Counter).delete({ value: 9 })).toMatchObject({ affected: 2 });
      expect(await source().getRepository(Counter).increment({ id: 'c3' }, 'value', 4)).toMatchObject({
        affected: 1,
      });
    });

    it('returns rows from RETURNING', async () => {
      await source().getRepository(Counter).insert({ id: 'a', value: 1 });
      const updated = await source()
        .createQueryBuilder()
        .update(Counter)
        .set({ value: () => 'value + 1' })
        .where({ id: 'a' })
        .returning('*')
        .execute();
      expect(updated).toMatchObject({ affected: 1, raw: [{ id: 'a', value: 2 }] });
    });

    it('upserts, and knows the id of each row whether it was there or not', async () => {
      const authors = source().getRepository(Author);
      await authors.insert(['a', 'b', 'c'].map((name) => ({ name })));
      const result = await authors.upsert(
        [
          { name: 'c', points: 1 },
          { name: 'new', points: 2 },
          { name: 'a', points: 3 },
        ],
        ['name'],
      );
      expect(result.identifiers.map((row) => row['id'] as unknown)).toEqual([3, expect.any(Number), 1]);
      expect(await authors.find({ select: { name: true, points: true }, order: { points: 'ASC' } })).toEqual([
        expect.objectContaining({ name: 'b', points: 0 }),
        expect.objectContaining({ name: 'c', points: 1 }),
        expect.objectContaining({ name: 'new', points: 2 }),
        expect.objectContaining({ name: 'a', points: 3 }),
      ]);
    });

    it('ignores a row that is in the way if asked to', async () => {
      await source().getRepository(Counter).insert({ id: 'a', value: 1 });
      await source()
        .createQueryBuilder()
        .insert()
        .into(Counter)
        .values({ id: 'a', value: 2 })
        .orIgnore()
        .execute();
      expect(await source().getRepository(Counter).find()).toEqual([{ id: 'a', value: 1 }]);
    });

    it('gives no row a wrong id when some were ignored', async () => {
      await source().getRepository(Author).insert({ name: 'there' });
      const rows = [{ name: 'new' }, { name: 'there' }, { name: 'newer' }];
      await source().createQueryBuilder().insert().into(Author).values(rows).orIgnore().execute();
      expect(rows).toEqual([{ name: 'new' }, { name: 'there' }, { name: 'newer' }]);
      expect(await source().getRepository(Author).count()).toBe(3);
    });

    it('tells whether a statement failed because a value is there already', async () => {
      const failureOf = (work: Promise<unknown>): Promise<unknown> =>
        work.then(
          () => undefined,
          (failure: unknown) => failure,
        );
      await addAuthor('Ada');
      const duplicate = await failureOf(addAuthor('Ada'));
      expect(duplicate).toBeInstanceOf(QueryFailedError);
      expect(isUniqueViolation(duplicate)).toBe(true);
      const counters = source().getRepository(Counter);
      await counters.insert({ id: 'a', value: 1 });
      expect(isUniqueViolation(await failureOf(counters.insert({ id: 'a', value: 2 })))).toBe(true);
      const missing = await failureOf(source().query('INSERT INTO counter (id) VALUES (NULL)'));
      expect(missing).toBeInstanceOf(QueryFailedError);
      expect(isUniqueViolation(missing)).toBe(false);
    });
  });
}
