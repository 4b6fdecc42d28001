import { SystemClock } from 'penstock/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Counter, LibraryDatabase } from '../../testing/index.js';

import type { WriteBehind } from './write-behind.js';
import { WriteBehindBuffers } from './write-behind-buffers.js';

describe('WriteBehindBuffers', () => {
  let database: LibraryDatabase;
  let buffers: WriteBehindBuffers;
  let buffer: WriteBehind<string>;

  beforeEach(async () => {
    database = await LibraryDatabase.open();
    buffers = new WriteBehindBuffers(database.pool, new SystemClock());
    buffer = buffers.create({
      name: 'counters',
      maxRows: 2,
      write: async (manager, ids) => {
        for (const id of ids) await manager.insert(Counter, { id, value: 1 });
      },
    });
  });
  afterEach(() => database.remove());

  it('write in transactions of their own: what added the rows may be undone', async () => {
    const work = database.pool.transaction(async () => {
      await database.save('undone');
      for (const id of ['a', 'b', 'c']) buffer.add(id);
      await new Promise((resolve) => setTimeout(resolve, 60));
      throw new Error('undone');
    });
    await expect(work).rejects.toThrow('undone');
    await expect.poll(() => database.ids(), { timeout: 10_000 }).toEqual(['a', 'b', 'c']);
  });

  it('commit all rows of a transaction or none', async () => {
    await database.save('taken');
    buffer.add('free');
    buffer.add('taken');
    await expect.poll(() => buffer.stats().failures, { timeout: 10_000 }).toBe(1);
    expect(await database.ids()).toEqual(['taken']);
    await database.source.query(`DELETE FROM counter`);
    await buffer.flush();
    expect(await database.ids()).toEqual(['free', 'taken']);
  });

  it('are emptied before the end, all of them', async () => {
    const other = buffers.create<string>({
      name: 'other',
      maxDelayMs: 60_000,
      write: () => Promise.resolve(),
    });
    other.add('x');
    buffer.add('a');
    await buffers.beforeApplicationShutdown();
    expect(await database.ids()).toEqual(['a']);
    expect([...buffers.stats()].map(([name, { pending, written }]) => [name, pending, written])).toEqual([
      ['counters', 0, 1],
      ['other', 0, 1],
    ]);
  });

  it('have names of their own', () => {
    expect(() => buffers.create({ name: 'counters', write: () => Promise.resolve() })).toThrow(
      'There is a write-behind buffer "counters" already.',
    );
  });
});
