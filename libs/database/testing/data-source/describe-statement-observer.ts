import type { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { StatementObserver } from '../../src/ports/statement-observer.js';
import { Counter } from '../library.entities.js';
import type { MakeDataSource } from './use-data-source.js';

/** Keeps what each statement did, and how it ended, in the order of the ends. */
class Ends extends StatementObserver {
  readonly all: string[] = [];

  override run<T>(label: string, statement: () => Promise<T>): Promise<T> {
    return statement().then(
      (result) => {
        this.all.push(label);
        return result;
      },
      (error: unknown) => {
        this.all.push(`${label} failed`);
        throw error;
      },
    );
  }
}

/** The part of the suite about who runs the statements. */
export function describeStatementObserver(make: MakeDataSource): void {
  describe('an observer of statements', () => {
    let source: DataSource;
    let ends: Ends;

    beforeEach(async () => {
      ends = new Ends();
      source = await make({ entities: [Counter], synchronize: true, statementObserver: ends });
      await source.getRepository(Counter).insert([1, 2, 3].map((value) => ({ id: `c${value}`, value })));
      ends.all.length = 0;
    });
    afterEach(() => source.destroy());

    const stream = () => source.getRepository(Counter).createQueryBuilder('c').orderBy('c.id').stream();

    it('runs a transaction from its beginning to its end', async () => {
      await source.transaction((manager) => manager.decrement(Counter, { id: 'c1' }, 'value', 1));
      expect(ends.all).toEqual(['BEGIN', 'UPDATE counter', 'COMMIT']);
    });

    it('runs what undoes a transaction, and one inside of another', async () => {
      const broken = source.transaction(async (manager) => {
        await manager.delete(Counter, { id: 'c1' });
        await manager.transaction(() => Promise.reject(new Error('inner'))).catch(() => undefined);
        await manager.count(Counter);
        throw new Error('outer');
      });
      await expect(broken).rejects.toThrow('outer');
      expect(ends.all).toEqual([
        ...['BEGIN', 'DELETE counter', 'BEGIN', 'ROLLBACK'],
        ...['SELECT counter', 'ROLLBACK'],
      ]);
      expect(await source.getRepository(Counter).count()).toBe(3);
    });

    it('runs what undoes a transaction that its runner left open', async () => {
      const runner = source.createQueryRunner();
      await runner.startTransaction();
      await runner.manager.delete(Counter, { id: 'c1' });
      await runner.release();
      expect(ends.all).toEqual(['BEGIN', 'DELETE counter', 'ROLLBACK']);
      expect(await source.getRepository(Counter).count()).toBe(3);
    });

    it('runs a stream to its first row, once', async () => {
      const seen: (readonly string[])[] = [];
      for await (const row of await stream()) {
        expect(row).toHaveProperty('c_id');
        seen.push([...ends.all]);
      }
      expect(seen).toEqual(Array.from({ length: 3 }, () => ['SELECT counter']));
    });

    it('runs a stream without rows, and one that fails', async () => {
      await source.getRepository(Counter).clear();
      ends.all.length = 0;
      expect(await (await stream()).toArray()).toEqual([]);
      const runner = source.createQueryRunner('slave');
      const rows = await runner.stream('SELECT * FROM nowhere');
      await expect(rows.toArray()).rejects.toThrow(/no such table|does not exist/);
      await runner.release();
      expect(ends.all).toEqual(['SELECT counter', 'SELECT nowhere failed']);
    });

    it('does not run a stream that nobody reads', async () => {
      const rows = await stream();
      const closed = new Promise<void>((resolve) => {
        rows.once('close', resolve);
      });
      rows.destroy();
      await closed;
      expect(ends.all).toEqual([]);
    });
  });
}
