import { AsyncLocalStorage } from 'node:async_hooks';

import { WaitObserver, type Wait } from 'penstock/concurrency';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { DatabasePool } from '../src/database-pool.js';
import type { CommonDatabaseOptions } from '../src/database.options.js';
import { StatementObserver } from '../src/ports/statement-observer.js';
import type { PooledDataSource } from '../src/typeorm/pooled-data-source.js';
import type { MakePooled } from './describe-database-pool.js';
import { Gate } from './gate.js';
import { Counter, LIBRARY } from './library.entities.js';

const caller = new AsyncLocalStorage<string>();

class Waits extends WaitObserver {
  readonly all: unknown[] = [];

  override waited({ resource, holder, outcome }: Wait): void {
    this.all.push([caller.getStore(), resource, holder, outcome]);
  }
}

class Statements extends StatementObserver {
  readonly all: string[] = [];

  override run<T>(label: string, statement: () => Promise<T>): Promise<T> {
    this.all.push(`${caller.getStore() ?? 'nobody'}: ${label}`);
    return statement();
  }
}

/** The part of the suite about whose the waits and statements of a group of transactions are. */
export function describeGroupCallers(make: MakePooled): void {
  describe('grouped transactions of several callers', () => {
    const waits = new Waits();
    const statements = new Statements();
    const opened: PooledDataSource[] = [];
    let pool: DatabasePool;

    const open = async (options: CommonDatabaseOptions = {}): Promise<void> => {
      const observers = { observer: waits, statementObserver: statements };
      const source = await make({ entities: LIBRARY, synchronize: true, ...observers, ...options });
      opened.push(source);
      pool = new DatabasePool(source);
      waits.all.length = 0;
      statements.all.length = 0;
    };

    beforeEach(() => open());
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((each) => each.destroy()));
    });

    const insertAs = (name: string): Promise<unknown> =>
      caller.run(name, () =>
        pool.transaction((manager) => manager.insert(Counter, { id: name, value: 0 }), { grouped: true }),
      );

    it('wait each for itself, with who held the writer', async () => {
      const gate = new Gate();
      const held = pool.write(() => gate.passed, { label: 'nightly cleanup' });
      await expect.poll(() => pool.stats().writer.active).toBe(1);
      const all = ['a', 'b', 'c'].map(insertAs);
      await expect.poll(() => pool.stats().writer.waiting).toBe(1);
      gate.open();
      await Promise.all([held, ...all]);
      expect(waits.all).toEqual([
        ...['a', 'b', 'c'].map((name) => [name, 'database.writer', 'nightly cleanup', 'acquired']),
        ['c', 'database.commit', 'a group of transactions', 'acquired'],
      ]);
    });

    it('do not wait while nobody holds it', async () => {
      await insertAs('a');
      await insertAs('b');
      expect(waits.all).toEqual([]);
    });

    it('are told of a wait that came to nothing', async () => {
      await open({ acquireTimeoutMs: 30 });
      const gate = new Gate();
      const held = pool.write(() => gate.passed, { label: 'nightly cleanup' });
      await expect.poll(() => pool.stats().writer.active).toBe(1);
      const ends = await Promise.allSettled(['a', 'b', 'c'].map(insertAs));
      gate.open();
      await held;
      expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
      for (const [name, outcome] of [
        ['a', 'timeout'],
        ['b', 'timeout'],
        ['c', 'aborted'],
      ])
        expect(waits.all).toContainEqual([name, 'database.writer', 'nightly cleanup', outcome]);
    });

    it('make their statements themselves; who came first begins and commits', async () => {
      await Promise.all(['a', 'b', 'c'].map(insertAs));
      expect(statements.all).toEqual([
        ...['a: BEGIN', 'a: INSERT counter', 'a: COMMIT'],
        ...['b: BEGIN', 'b: INSERT counter', 'c: INSERT counter', 'b: COMMIT'],
      ]);
    });
  });
}
