import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Counter, LibraryDatabase } from '../../testing/index.js';
import { asStorageError } from './storage-error.js';

/** Blobs of this size need new pages. */
const LARGE = 100_000;

describe('a database whose disk is full', () => {
  let database: LibraryDatabase;

  beforeEach(async () => {
    database = await LibraryDatabase.open();
    await database.source.query('CREATE TABLE bulk (bytes BLOB)');
  });
  afterEach(() => database.remove());

  const query = (sql: string): Promise<unknown> => database.source.query(sql);
  /** The limit stands for the size of the disk: SQLite fails in the same way. */
  const fill = async (): Promise<void> => {
    const [row] = await database.source.query<{ page_count: number }[]>('PRAGMA page_count');
    await query(`PRAGMA max_page_count = ${String(row?.page_count)}`);
  };
  const free = (): Promise<unknown> => query('PRAGMA max_page_count = 1073741823');
  const insertLarge = (): Promise<unknown> => query(`INSERT INTO bulk VALUES (zeroblob(${String(LARGE)}))`);
  const count = (): Promise<number> => database.source.getRepository(Counter).count();
  const FULL = { code: 'database_full', category: 'unavailable' };

  it('says so, and goes on by itself when there is space', async () => {
    await fill();
    await expect(insertLarge()).rejects.toMatchObject({
      ...FULL,
      message: expect.stringMatching(
        /^The database cannot take this: its disk is full\. Free some space/,
      ) as string,
      cause: { code: 'SQLITE_FULL' },
    });
    await free();
    await insertLarge();
    expect(await query('SELECT count(*) AS n FROM bulk')).toEqual([{ n: 1 }]);
  });

  it('keeps nothing of a transaction, and tells the same to whatever comes later in it', async () => {
    await fill();
    const later: unknown[] = [];
    const work = database.pool.transaction(async () => {
      await database.save('first');
      const failure: unknown = await insertLarge().catch((error: unknown) => error);
      later.push(failure, await insertLarge().catch((error: unknown) => error));
      throw failure;
    });
    await expect(work).rejects.toMatchObject(FULL);
    expect(later).toMatchObject([FULL, FULL]);
    expect(await count()).toBe(0);
    await free();
    await database.save('second');
    expect(await count()).toBe(1);
  });

  it('refuses those of a group that it cannot take, and keeps those that it reports as done', async () => {
    await fill();
    const results = await Promise.allSettled(
      ['small', 'large', 'late'].map((id) =>
        database.pool.transaction(
          async (manager) => {
            await manager.insert(Counter, { id, value: 1 });
            if (id === 'large') await insertLarge();
          },
          { durable: true, grouped: true },
        ),
      ),
    );
    const done = ['small', 'large', 'late'].filter((_, index) => results[index]?.status === 'fulfilled');
    expect(await database.ids()).toEqual(done.toSorted());
    expect(done).not.toContain('large');
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject(FULL);
  });
});

describe('a database that takes no writes', () => {
  let database: LibraryDatabase;

  beforeEach(async () => {
    database = await LibraryDatabase.open();
    await database.save('before');
    // Stands for a file that became read-only: SQLite answers writes in the same way.
    await database.source.query('PRAGMA query_only = ON');
  });
  afterEach(() => database.remove());

  it('says so, still reads, and goes on by itself when it may be written', async () => {
    await expect(database.save('refused')).rejects.toMatchObject({
      code: 'database_read_only',
      category: 'unavailable',
      cause: { code: 'SQLITE_READONLY' },
    });
    expect(await database.ids()).toEqual(['before']);
    await database.source.query('PRAGMA query_only = OFF');
    await database.save('later');
    expect(await database.ids()).toEqual(['before', 'later']);
  });
});

describe('asStorageError', () => {
  const failure = (code: string): Error => Object.assign(new Error(code), { code });

  it.each([
    ['SQLITE_FULL', 'database_full'],
    ['SQLITE_READONLY', 'database_read_only'],
    ['SQLITE_IOERR', 'database_io_failed'],
    ['SQLITE_CORRUPT', 'database_corrupt'],
    ['SQLITE_NOTADB', 'database_corrupt'],
  ])('makes %s into %s', (code, expected) => {
    expect(asStorageError(failure(code), 'read-write')).toMatchObject({
      code: expected,
      category: 'unavailable',
    });
  });

  it.each([failure('SQLITE_BUSY'), new Error('other'), 'text', undefined])('leaves %s as it is', (error) => {
    expect(asStorageError(error, 'read-write')).toBe(error);
  });

  it('does not blame the file when a read-only connection is to write', () => {
    const error = failure('SQLITE_READONLY');
    expect(asStorageError(error, 'read-only')).toBe(error);
  });
});
