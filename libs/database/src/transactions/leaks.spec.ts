import { once } from 'node:events';

import { Logger } from '@nestjs/common';
import { ManualClock } from 'penstock/kernel/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Counter, Gate, LibraryDatabase } from '../../testing/index.js';
import { LeakObserver, type Leak } from '../ports/leak-observer.js';
import { LogsLeaks } from '../typeorm/logs-leaks.js';
import { WarnsOfLeaks } from './warns-of-leaks.js';

class Leaks extends LeakObserver {
  readonly seen: Leak[] = [];

  leaked(leak: Leak): void {
    this.seen.push(leak);
  }
}

describe('leaks', () => {
  let clock: ManualClock;
  let leaks: Leaks;
  let database: LibraryDatabase;

  beforeEach(async () => {
    clock = new ManualClock();
    leaks = new Leaks();
    database = await LibraryDatabase.open({ clock, leakReportMs: 1000, leakObserver: leaks });
  });

  afterEach(() => database.remove());

  const reported = async (): Promise<Leak> => {
    await clock.advance(1000);
    const [leak, ...more] = leaks.seen.splice(0);
    expect(more).toEqual([]);
    if (leak === undefined) throw new Error('Nothing was reported.');
    return leak;
  };

  it('a transaction begun by hand that nobody ends is reported with who began it', async () => {
    const runner = database.source.createQueryRunner();
    async function forgetful(): Promise<void> {
      await runner.startTransaction();
      await runner.query(`INSERT INTO counter VALUES ('a', 1)`);
    }
    await forgetful();
    const leak = await reported();
    expect(leak).toMatchObject({ resource: 'database.writer', label: 'INSERT counter', heldMs: 1000 });
    expect(leak.openedAt).toMatch(/^ {4}at forgetful \(.*leaks\.spec\.ts:\d+/);
    await runner.release();
  });

  it.each([
    ['source', 'transaction'],
    ['manager', 'transaction'],
    ['grouped', 'a group of transactions'],
    ['pool', 'nightly'],
    ['read', 'nightly'],
    ['write', 'nightly'],
  ] as const)('work that hangs is reported with who began it: %s', async (how, label) => {
    const started = new Gate();
    const end = new Gate();
    const hang = async (): Promise<void> => {
      started.open();
      await end.passed;
    };
    const { source, pool } = database;
    function culprit(): Promise<void> {
      switch (how) {
        case 'source':
          return source.transaction(hang);
        case 'manager':
          return source.manager.transaction('SERIALIZABLE', hang);
        case 'grouped':
          return pool.transaction(hang, { grouped: true, durable: true });
        case 'pool':
          return pool.transaction(hang, { label });
        default:
          return pool[how](hang, { label });
      }
    }
    const work = culprit();
    await started.passed;
    const leak = await reported();
    expect(leak.openedAt).toContain('at culprit (');
    expect(leak.label).toBe(label);
    end.open();
    await work;
  });

  it('a stream that nobody reads to its end is reported by its statement', async () => {
    await database.save('a');
    await database.save('b');
    const stream = await database.source.getRepository(Counter).createQueryBuilder().stream();
    expect(await reported()).toEqual({
      resource: 'database.readers',
      label: 'SELECT counter',
      heldMs: 1000,
      openedAt: undefined,
    });
    stream.destroy();
    await once(stream, 'close');
    expect(database.source.stats().readers.active).toBe(0);
  });

  it('what ends in time is not reported', async () => {
    await database.source.transaction(() => database.save('a'));
    await database.ids();
    await clock.advance(5000);
    expect(leaks.seen).toEqual([]);
  });

  it('are process warnings by default, and log lines in Nest', async () => {
    const leak: Leak = { resource: 'database.writer', label: 'x', heldMs: 1, openedAt: '    at here' };
    const text =
      '"x" has held database.writer for 1 ms. End its transaction, release its query runner or destroy its stream. ' +
      'It was begun here:\n    at here';
    const warning = new Promise((resolve) => process.once('warning', resolve));
    new WarnsOfLeaks().leaked(leak);
    expect(await warning).toMatchObject({ name: 'DatabaseLeakWarning', message: text });
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    new LogsLeaks().leaked(leak);
    expect(warn).toHaveBeenCalledWith(text);
    warn.mockRestore();
  });
});
