import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { DatabasePool } from '../src/database-pool.js';
import type { CommonDatabaseOptions } from '../src/database.options.js';
import type { PooledDataSource } from '../src/typeorm/pooled-data-source.js';
import { describeGroupCallers } from './describe-group-callers.js';
import { describeGroupedTransactions } from './describe-grouped-transactions.js';
import { Gate } from './gate.js';
import { Counter, LIBRARY } from './library.entities.js';
import { describeRowStatements } from './describe-row-statements.js';
import { RecordingWaitObserver } from './recording-wait-observer.js';

/** Makes an initialized data source on an empty database, with these options on top of its own. */
export type MakePooled = (options: CommonDatabaseOptions) => Promise<PooledDataSource>;

/** What {@link DatabasePool} must do, whichever database is behind it. */
export function describeDatabasePool(name: string, make: MakePooled): void {
  describe(`DatabasePool on ${name}`, () => {
    const opened: PooledDataSource[] = [];
    let source: PooledDataSource;
    let pool: DatabasePool;

    const open = async (options: CommonDatabaseOptions = {}): Promise<void> => {
      source = await make({ entities: LIBRARY, synchronize: true, ...options });
      opened.push(source);
      pool = new DatabasePool(source);
    };

    beforeEach(() => open());

    afterEach(async () => {
      await Promise.all(opened.splice(0).map((each) => each.destroy()));
    });

    const add = (id: string): Promise<unknown> => source.getRepository(Counter).insert({ id, value: 0 });
    const count = (): Promise<number> => source.getRepository(Counter).count();

    describe('read', () => {
      it('sees the database as it was at the first read', async () => {
        await pool.read(async (manager) => {
          expect(await manager.count(Counter)).toBe(0);
          await add('written meanwhile');
          expect(await manager.count(Counter)).toBe(0);
          expect(await count()).toBe(0);
        });
        expect(await count()).toBe(1);
      });

      it('cannot write', async () => {
        const work = pool.read((manager) => manager.query(`INSERT INTO counter VALUES ('a', 1)`));
        await expect(work).rejects.toThrow(/readonly|read-only/);
        expect(await count()).toBe(0);
      });

      it('joins reads inside of it, so that readers cannot run out', async () => {
        await open({ readers: 2, acquireTimeoutMs: 1_000 });
        const nested = (): Promise<number> => pool.read(() => pool.read(() => count()));
        expect(await Promise.all([nested(), nested(), nested(), nested()])).toEqual([0, 0, 0, 0]);
      });

      it('joins the transaction it is called in', async () => {
        await pool.transaction(async () => {
          await add('a');
          expect(await pool.read((manager) => manager.count(Counter))).toBe(1);
        });
      });
    });

    describe('write', () => {
      it('has the writer alone, and commits each statement', async () => {
        const work = pool.write(async (manager) => {
          await add('a');
          await manager.query(`INSERT INTO counter VALUES ('b', 0)`);
          expect(pool.stats().writer.active).toBe(1);
          throw new Error('too late to undo');
        });
        await expect(work).rejects.toThrow('too late to undo');
        expect(await count()).toBe(2);
      });

      it('can run what no transaction may', async () => {
        await pool.write((manager) => manager.query('VACUUM'));
        await expect(pool.transaction((manager) => manager.query('VACUUM'))).rejects.toThrow('VACUUM');
      });

      it('puts transactions inside of it one after the other', async () => {
        await pool.write(() =>
          Promise.allSettled([
            pool.transaction(() => add('a')),
            pool.transaction(() => add('a')),
            source.getRepository(Counter).save({ id: 'b', value: 1 }),
          ]),
        );
        expect(await count()).toBe(2);
      });
    });

    describe('a transaction', () => {
      it('may hold calls of any repository at once, and is undone as a whole', async () => {
        const work = pool.transaction(async () => {
          await Promise.all(['a', 'b', 'c'].map(add));
          expect(await count()).toBe(3);
          throw new Error('no');
        });
        await expect(work).rejects.toThrow('no');
        expect(await count()).toBe(0);
      });

      it('lets calls end inside of it though one of them failed before', async () => {
        await add('there');
        const work = pool.transaction(() => Promise.all([add('there'), add('a'), add('b')]));
        await expect(work).rejects.toThrow(/unique/i);
        expect(await count()).toBe(1);
      });

      it('is not joined by calls that are made after its end', async () => {
        const end = new Gate();
        let late: Promise<unknown> = Promise.resolve();
        const work = pool.transaction(() => {
          late = end.passed.then(() => add('late'));
          return Promise.reject(new Error('no'));
        });
        await expect(work).rejects.toThrow('no');
        end.open();
        await late;
        expect(await count()).toBe(1);
      });

      it('puts nested ones at once one after the other, and undoes only those that fail', async () => {
        await pool.transaction(() =>
          Promise.allSettled(
            ['a', 'b', 'c', 'd'].map((id) =>
              pool.transaction(async () => {
                await add(id);
                if (id === 'b') throw new Error('no');
              }),
            ),
          ),
        );
        expect(await count()).toBe(3);
      });

      it('can be durable, around others and inside of durable ones only', async () => {
        await pool.transaction(
          async () => {
            await pool.transaction(() => add('a'));
            await pool.transaction(() => add('b'), { durable: true });
          },
          { durable: true },
        );
        await pool.transaction(async () => {
          await expect(pool.transaction(() => add('c'), { durable: true })).rejects.toMatchObject({
            code: 'durability_conflict',
            message: expect.stringContaining('outermost') as string,
          });
          await add('d');
        });
        expect(await count()).toBe(3);
      });
    });

    describeGroupedTransactions(make);
    describeGroupCallers(make);
    describeRowStatements(make);

    it('counts its connections, and those who wait for them', async () => {
      await open({ readers: 2 });
      const gate = new Gate();
      const work = [
        ...Array.from({ length: 3 }, () => pool.read(() => gate.passed)),
        ...Array.from({ length: 3 }, () => pool.write(() => gate.passed)),
      ];
      await expect
        .poll(() => pool.stats())
        .toMatchObject({
          readers: { size: 2, active: 2, idle: 0, waiting: 1 },
          writer: { size: 1, active: 1, idle: 0, waiting: 2 },
        });
      gate.open();
      await Promise.all(work);
      expect(pool.stats()).toMatchObject({ readers: { active: 0, idle: 2 }, writer: { active: 0, idle: 1 } });
    });

    it('names who holds the connection that was not had in time', async () => {
      const observer = new RecordingWaitObserver();
      await open({ acquireTimeoutMs: 30, observer });
      const gate = new Gate();
      const holder = pool.write(() => gate.passed, { label: 'nightly cleanup' });
      await expect(add('a')).rejects.toMatchObject({
        code: 'acquire_timeout',
        category: 'timeout',
        message: expect.stringMatching(
          /^Waited 30 ms for database.writer, held by "nightly cleanup" for \d+ ms/,
        ) as string,
      });
      gate.open();
      await holder;
      expect(observer.waits).toMatchObject([{ holder: 'nightly cleanup', outcome: 'timeout' }]);
    });

    it('lets work in progress and in line end when it is closed, then refuses', async () => {
      const gate = new Gate();
      const started = new Gate();
      const work = pool.transaction(async () => {
        started.open();
        await gate.passed;
        await add('a');
      });
      await started.passed;
      const inLine = add('b');
      await new Promise(setImmediate);
      const closed = source.destroy();
      await expect(add('c')).rejects.toMatchObject({ code: 'database_closed' });
      gate.open();
      await Promise.all([work, inLine, closed]);
      await source.initialize();
      expect(await count()).toBe(2);
    });
  });
}
