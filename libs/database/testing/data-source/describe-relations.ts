import type { DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';

import { Author, Book } from '../library.entities.js';

/** The part of the suite about relations. */
export function describeRelations(source: () => DataSource): void {
  describe('relations', () => {
    it('saves and loads a graph', async () => {
      const author = source()
        .getRepository(Author)
        .create({ name: 'Ada', books: [{ title: 'One' }, { title: 'Two' }] });
      await source().manager.save(author);
      for (const relationLoadStrategy of ['join', 'query'] as const) {
        const [loaded] = await source()
          .getRepository(Author)
          .find({ relations: { books: true }, relationLoadStrategy });
        expect(loaded?.books.map((book) => book.title).sort()).toEqual(['One', 'Two']);
      }
      await source().getRepository(Author).delete({ id: author.id });
      expect(await source().getRepository(Book).count()).toBe(0);
    });

    it('enforces foreign keys', async () => {
      const lost = source()
        .getRepository(Book)
        .insert({ title: 'lost', author: { id: 99 } });
      await expect(lost).rejects.toThrow(/foreign key/i);
      expect(await source().getRepository(Book).count()).toBe(0);
    });
  });
}
