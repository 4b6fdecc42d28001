import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Gate, LibraryDatabase } from '../../testing/index.js';
import type { PooledSqliteDataSource } from '../typeorm/pooled-sqlite-data-source.js';

describe('nested transactions', () => {
  let database: LibraryDatabase;
  let source: PooledSqliteDataSource;

  beforeEach(async () => {
    const timeouts = { acquireTimeoutMs: 250, closeTimeoutMs: 250 };
    database = await LibraryDatabase.open({ ...timeouts, readers: 1 });
    ({ source } = database);
  });

  afterEach(() => database.remove());

  const fail = (): never => {
    throw new Error('undone');
  };

  it('at once are put one after the other, and only those that fail are undone', async () => {
    await source.transaction(async (manager) => {
      const nested = (id: string, fails: boolean): Promise<unknown> =>
        source.transaction(async () => {
          await database.save(id);
          await Promise.resolve();
          if (fails) fail();
        });
      const results = await Promise.allSettled([
        nested('a', false),
        nested('b', true),
        database.save('direct', 0, manager),
        nested('c', false),
        database.save('other'),
        nested('d', true),
      ]);
      expect(results.map(({ status }) => status)).toEqual([
        'fulfilled',
        'rejected',
        'fulfilled',
        'fulfilled',
        'fulfilled',
        'rejected',
      ]);
    });
    expect(await database.ids()).toEqual(['a', 'c', 'direct', 'other']);
  });

  it('may use the manager of the outer one by mistake', async () => {
    await source.transaction(async (outer) => {
      const nested = outer.transaction(async () => {
        await database.save('a', 0, outer);
        await outer.transaction((third) => database.save('b', 0, third));
        fail();
      });
      await expect(nested).rejects.toThrow('undone');
      await database.save('c', 0, outer);
    });
    expect(await database.ids()).toEqual(['c']);
  });

  it('fail in bounded time if those wait for a call made outside of them', async () => {
    const work = source.transaction(async (manager) => {
      const gate = new Gate();
      const outside = gate.passed.then(() => database.save('outside'));
      await manager.transaction(async () => {
        gate.open();
        await outside;
      });
    });
    await expect(work).rejects.toMatchObject({
      code: 'acquire_timeout',
      message: expect.stringContaining('nested') as string,
    });
    expect(await database.ids()).toEqual([]);
    await database.save('next');
  });

  it('that never end are undone with it, and touch nothing later', async () => {
    const gate = new Gate();
    let nested: Promise<unknown> = Promise.resolve();
    const work = source.transaction(async (manager) => {
      nested = manager.transaction(async (inner) => {
        await database.save('inner', 0, inner);
        await gate.passed;
        await database.save('late', 0, inner);
      });
      await Promise.resolve();
    });
    await expect(work).rejects.toMatchObject({ code: 'transaction_busy' });
    const next = source.transaction(async () => {
      await database.save('next');
      gate.open();
      await expect(nested).rejects.toMatchObject({ code: 'transaction_ended' });
    });
    await next;
    expect(await database.ids()).toEqual(['next']);
  });
});
