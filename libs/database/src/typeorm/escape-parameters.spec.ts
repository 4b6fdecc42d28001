import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Counter, LibraryDatabase, Sample } from '../../testing/index.js';
import { escapeParameters } from './escape-parameters.js';

describe('escapeParameters', () => {
  it('makes one text of statements that differ in their values', () => {
    const texts = [0, 1, -7, 0.5, 2 ** 31 - 1, Number.POSITIVE_INFINITY].map((n) =>
      escapeParameters('SELECT :n, :...list', { n, list: [n, 'x'] }),
    );
    expect(new Set(texts.map(([sql]) => sql))).toEqual(new Set(['SELECT ?, ?, ?']));
    expect(texts[2]?.[1]).toEqual([-7, -7, 'x']);
  });

  it('leaves alone what is no parameter, and takes text from functions', () => {
    const [sql, values] = escapeParameters(`SELECT ':x', :toString, :f WHERE t > '10:30'`, {
      f: () => 'now()',
    });
    expect(sql).toBe(`SELECT ':x', :toString, now() WHERE t > '10:30'`);
    expect(values).toEqual([]);
  });

  it('keeps integers past 32 bits integers', () => {
    expect(escapeParameters(':a :b', { a: 2 ** 31, b: -(2 ** 31) })).toEqual([
      'CAST(? AS INTEGER) ?',
      [2 ** 31, -(2 ** 31)],
    ]);
  });
});

describe('numbers in statements', () => {
  let database: LibraryDatabase;

  beforeEach(async () => {
    database = await LibraryDatabase.open();
  });

  afterEach(() => database.remove());

  it('are stored and found as they are', async () => {
    const samples = database.source.getRepository(Sample);
    await fc.assert(
      fc.asyncProperty(
        fc.maxSafeInteger(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
        async (big, real) => {
          await samples.save({ id: 1, big, real, text: null });
          expect(await samples.findOneBy({ id: 1, big, real })).toMatchObject({ big, real });
          const [row] = await database.source.query<object[]>(
            'SELECT typeof(big) AS big, typeof(real) AS real FROM sample',
          );
          expect(row).toEqual({ big: 'integer', real: 'real' });
        },
      ),
      { numRuns: 50 },
    );
  });

  it('in text columns have no trailing zero', async () => {
    await database.source
      .createQueryBuilder()
      .insert()
      .into(Sample)
      .values({ id: 1, text: () => ':at' })
      .setParameter('at', 1_700_000_000_000)
      .execute();
    expect(await database.source.query('SELECT text FROM sample')).toEqual([{ text: '1700000000000' }]);
  });

  it('may be more than SQLite takes as parameters', async () => {
    const rows = Array.from({ length: 20_000 }, (_, value) => ({ id: `c${value}`, value }));
    await database.source.getRepository(Counter).insert(rows);
    expect(await database.source.getRepository(Counter).count()).toBe(20_000);
  });

  it('that are none are refused', async () => {
    const find = database.source.getRepository(Counter).findBy({ value: Number.NaN });
    await expect(find).rejects.toMatchObject({
      code: 'unsupported_parameter',
      message: expect.stringContaining('Parameter 1 is of type NaN') as string,
    });
  });
});
