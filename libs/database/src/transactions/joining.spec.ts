import { EventSubscriber, type EntitySubscriberInterface, type InsertEvent } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Author, Counter, Gate, LibraryDatabase } from '../../testing/index.js';
import type { PooledSqliteDataSource } from '../typeorm/pooled-sqlite-data-source.js';

@EventSubscriber()
class CountsAuthors implements EntitySubscriberInterface<Author> {
  listenTo(): typeof Author {
    return Author;
  }

  async afterInsert({ entity, dataSource }: InsertEvent<Author>): Promise<void> {
    if (entity.name !== 'watched') return;
    await dataSource
      .getRepository(Counter)
      .save({ id: 'authors', value: await dataSource.getRepository(Author).count() });
  }
}

describe('calls inside a transaction', () => {
  let database: LibraryDatabase;
  let source: PooledSqliteDataSource;

  beforeEach(async () => {
    const timeouts = { acquireTimeoutMs: 250, closeTimeoutMs: 250 };
    database = await LibraryDatabase.open({ subscribers: [CountsAuthors], ...timeouts, readers: 1 });
    ({ source } = database);
  });

  afterEach(() => database.remove());

  const fail = (): never => {
    throw new Error('undone');
  };

  it('join it through any repository, and see what it wrote', async () => {
    const seen = await source.transaction(async () => {
      await database.save('a');
      await database.save('b');
      return database.ids();
    });
    expect(seen).toEqual(['a', 'b']);
    expect(database.observer.waits).toEqual([]);
  });

  it('are undone with it', async () => {
    await expect(source.transaction(() => database.save('a').then(fail))).rejects.toThrow('undone');
    expect(await database.ids()).toEqual([]);
  });

  it('may run at once', async () => {
    await source.transaction(async (manager) => {
      await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          await database.save(`r${index}`);
          await manager.increment(Counter, { id: `r${index}` }, 'value', 1);
          await source.getRepository(Counter).countBy({ value: 1 });
        }),
      );
    });
    expect(await source.getRepository(Counter).countBy({ value: 1 })).toBe(20);
  });

  it('end inside of it though it fails before they do', async () => {
    let saved: Promise<unknown> = Promise.resolve();
    const work = source.transaction(async () => {
      saved = source.getRepository(Author).save({ name: 'Ada', books: [{ title: 'One' }] });
      await Promise.all([saved, Promise.resolve().then(fail)]);
    });
    await expect(work).rejects.toThrow('undone');
    await saved;
    expect(await source.getRepository(Author).count()).toBe(0);
  });

  it('keep it open until they are done', async () => {
    let detached: Promise<unknown> = Promise.resolve();
    await source.transaction(async () => {
      detached = source.getRepository(Author).save({ name: 'Ada', books: [{ title: 'One' }] });
      await source.getRepository(Author).count();
    });
    expect(database.pool.stats().writer.active).toBe(0);
    await detached;
    expect(await source.getRepository(Author).count()).toBe(1);
  });

  it('made after its end run on their own', async () => {
    const gate = new Gate();
    let detached: Promise<unknown> = Promise.resolve();
    const work = source.transaction(async () => {
      detached = gate.passed.then(() => source.transaction(() => database.save('late')));
      await database.save('early');
      fail();
    });
    await expect(work).rejects.toThrow('undone');
    gate.open();
    await detached;
    expect(await database.ids()).toEqual(['late']);
  });

  it('of its own manager after its end are refused, and write nothing', async () => {
    let late: Promise<unknown> = Promise.resolve();
    const work = source.transaction(async (manager) => {
      late = Promise.allSettled([1, 2, 3].map((value) => manager.save(Counter, { id: `m${value}`, value })));
      await Promise.resolve();
      fail();
    });
    await expect(work).rejects.toThrow('undone');
    await late;
    expect(await database.ids()).toEqual([]);
    expect(database.pool.stats().writer).toMatchObject({ size: 1, active: 0, idle: 1, waiting: 0 });
  });

  it('that never end make it fail in bounded time, and the writer is free again', async () => {
    const runner = source.createQueryRunner();
    const work = source.transaction(async () => {
      await runner.query(`INSERT INTO counter VALUES ('stuck', 1)`);
    });
    await expect(work).rejects.toMatchObject({ code: 'transaction_busy' });
    expect(await database.ids()).toEqual([]);
    await expect(runner.query('SELECT 1')).rejects.toMatchObject({ code: 'transaction_ended' });
    await runner.release();
    await database.save('next');
    expect(await database.ids()).toEqual(['next']);
  });

  it('of a subscriber join the save they were called for', async () => {
    await source.getRepository(Author).save({ name: 'watched' });
    expect(await source.getRepository(Counter).find()).toEqual([{ id: 'authors', value: 1 }]);
  });

  it('are refused after SQLite itself rolled it back', async () => {
    await database.save('a');
    const work = source.transaction(async (manager) => {
      await database.save('b');
      const conflict = manager.query(`INSERT OR ROLLBACK INTO counter VALUES ('a', 1)`);
      await expect(conflict).rejects.toMatchObject({ driverError: { code: 'SQLITE_CONSTRAINT' } });
      await expect(database.save('c')).rejects.toMatchObject({ code: 'transaction_aborted' });
    });
    await expect(work).rejects.toMatchObject({ code: 'transaction_aborted' });
    expect(await database.ids()).toEqual(['a']);
    await source.transaction(() => database.save('d'));
    expect(await database.ids()).toEqual(['a', 'd']);
  });

  it('are rolled back when the commit is refused', async () => {
    await source.query('CREATE TABLE child (parent REFERENCES counter (id) DEFERRABLE INITIALLY DEFERRED)');
    const work = source.transaction((manager) => manager.query(`INSERT INTO child VALUES ('nobody')`));
    await expect(work).rejects.toMatchObject({ query: 'COMMIT', driverError: { code: 'SQLITE_CONSTRAINT' } });
    expect(await source.query('SELECT * FROM child')).toEqual([]);
  });

  it('do not join from another async context', async () => {
    const started = new Gate();
    const end = new Gate();
    const work = source.transaction(async () => {
      await database.save('a');
      started.open();
      await end.passed;
    });
    await started.passed;
    expect(await database.ids()).toEqual([]);
    const outside = database.save('b');
    end.open();
    await Promise.all([work, outside]);
    expect(database.observer.waits).toEqual([
      {
        resource: 'database.writer',
        waitedMs: expect.any(Number) as number,
        holder: 'INSERT counter',
        outcome: 'acquired',
      },
    ]);
  });

  it('streamed are part of it', async () => {
    await source.transaction(async () => {
      await database.save('a');
      const rows = await source.getRepository(Counter).createQueryBuilder('c').stream();
      expect(await rows.toArray()).toEqual([{ c_id: 'a', c_value: 0 }]);
    });
  });
});
