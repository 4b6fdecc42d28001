import type { DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';

import { Sample } from '../library.entities.js';

/** The part of the suite about types. */
export function describeTypes(source: () => DataSource): void {
  describe('types', () => {
    const full = {
      id: 1,
      text: `"quotes" 'and' ünïcode 🎉`,
      real: 0.1,
      flag: true,
      at: new Date('2026-02-03T04:05:06.789Z'),
      bytes: Buffer.from([0, 1, 255]),
      json: { deep: [1, { a: null }] },
      big: 2 ** 53 - 1,
    };
    const empty = {
      id: 2,
      text: null,
      real: null,
      flag: null,
      at: null,
      bytes: null,
      json: null,
      big: null,
    };

    it('keeps every value', async () => {
      await source().getRepository(Sample).save([full, empty]);
      expect(
        await source()
          .getRepository(Sample)
          .find({ order: { id: 'ASC' } }),
      ).toEqual([full, empty]);
    });

    it('finds by date, boolean and bigint', async () => {
      await source().getRepository(Sample).save([full, empty]);
      expect(await source().getRepository(Sample).countBy({ at: full.at, flag: true, big: full.big })).toBe(
        1,
      );
    });

    it('keeps integers beyond 2^53 exactly in the database', async () => {
      await source().query('INSERT INTO sample (id, big) VALUES (3, 9007199254740993)');
      expect(await source().query('SELECT CAST(big AS TEXT) AS big FROM sample')).toEqual([
        { big: '9007199254740993' },
      ]);
    });

    it('gives 64-bit integers of raw queries as numbers', async () => {
      expect(await source().query('SELECT count(*) AS n FROM sample')).toEqual([{ n: 0 }]);
    });
  });
}
