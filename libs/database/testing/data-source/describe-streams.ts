import type { DataSource } from 'typeorm';
import { beforeEach, describe, expect, it } from 'vitest';

import { Counter } from '../library.entities.js';

/** The part of the suite about streams. */
export function describeStreams(source: () => DataSource): void {
  describe('streams', () => {
    const stream = () => source().getRepository(Counter).createQueryBuilder('c').orderBy('c.id').stream();

    beforeEach(async () => {
      const rows = Array.from({ length: 200 }, (_, index) => ({
        id: String(index).padStart(3, '0'),
        value: index,
      }));
      await source().getRepository(Counter).insert(rows);
    });

    it('gives all rows in order', async () => {
      const values: number[] = [];
      for await (const row of await stream()) values.push((row as unknown as { c_value: number }).c_value);
      expect(values).toEqual(Array.from({ length: 200 }, (_, index) => index));
      await source().getRepository(Counter).clear();
    });

    it('gives the connection back when the reader stops early', async () => {
      for (let round = 0; round < 10; round += 1) {
        for await (const row of await stream()) {
          expect(row).toMatchObject({ c_id: '000' });
          break;
        }
      }
      expect(await source().getRepository(Counter).count()).toBe(200);
      await source().getRepository(Counter).clear();
    });

    it('fails as a statement does', async () => {
      const runner = source().createQueryRunner('slave');
      const rows = await runner.stream('SELECT * FROM nowhere');
      await expect(rows.toArray()).rejects.toThrow(/no such table|does not exist/);
      await runner.release();
    });
  });
}
