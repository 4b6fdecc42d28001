import type { DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';

import { Counter } from '../library.entities.js';

/** The part of the suite about query runners. */
export function describeQueryRunners(source: () => DataSource): void {
  describe('query runners', () => {
    it('commit, roll back and nest by hand', async () => {
      const runner = source().createQueryRunner();
      await runner.startTransaction();
      await runner.query(`INSERT INTO counter VALUES ('kept', 1)`);
      await runner.startTransaction();
      await runner.query(`INSERT INTO counter VALUES ('dropped', 1)`);
      expect(runner.isTransactionActive).toBe(true);
      await runner.rollbackTransaction();
      await runner.commitTransaction();
      expect(runner.isTransactionActive).toBe(false);
      await runner.release();
      expect(await source().getRepository(Counter).find()).toEqual([{ id: 'kept', value: 1 }]);
    });

    it('undo what was left open when they are released', async () => {
      const runner = source().createQueryRunner();
      await runner.startTransaction();
      await runner.startTransaction();
      await runner.query(`INSERT INTO counter VALUES ('a', 1)`);
      await runner.release();
      await runner.release();
      expect(await source().getRepository(Counter).count()).toBe(0);
      await expect(runner.query('SELECT 1')).rejects.toThrow('released');
    });

    it('commit what was left open at the end of `await using`', async () => {
      const use = async (): Promise<void> => {
        await using runner = source().createQueryRunner();
        await runner.startTransaction();
        await runner.query(`INSERT INTO counter VALUES ('a', 1)`);
      };
      await use();
      expect(await source().getRepository(Counter).count()).toBe(1);
    });

    it('refuse to end a transaction that was not begun', async () => {
      const runner = source().createQueryRunner();
      await expect(runner.commitTransaction()).rejects.toThrow('not started');
      await expect(runner.rollbackTransaction()).rejects.toThrow('not started');
      await runner.release();
    });

    it('refuse BEGIN, COMMIT and the like as queries, and more than one statement', async () => {
      for (const sql of ['BEGIN', ' commit', '-- why\nROLLBACK', 'SAVEPOINT x', 'RELEASE x', 'END']) {
        await expect(source().query(sql)).rejects.toMatchObject({ code: 'raw_transaction_control' });
      }
      await expect(source().query('SELECT 1; DELETE FROM counter')).rejects.toMatchObject({
        code: 'several_statements',
      });
    });
  });
}
