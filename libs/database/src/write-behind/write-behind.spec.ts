import { ManualClock } from 'penstock/kernel/testing';
import type { EntityManager } from 'typeorm';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';

import { Gate } from '../../testing/index.js';
import { WriteBehind, type WriteBehindHost } from './write-behind.js';
import type { WriteBehindOptions } from './write-behind.options.js';

const SUM = { key: (row: string) => row.slice(0, 1), add: (one: string, later: string) => one + later };

/** Keeps what is committed; commits nothing while `error` is set. */
class FakeHost implements WriteBehindHost {
  readonly clock = new ManualClock();
  readonly told: string[] = [];
  readonly log = {
    warn: (line: string) => void this.told.push(line),
    log: (line: string) => void this.told.push(line),
  };
  readonly commits: string[][] = [];
  error: Error | undefined;
  before: () => Promise<void> = () => Promise.resolve();
  #rows: string[] = [];

  readonly transaction = async (work: (manager: EntityManager) => Promise<void>): Promise<void> => {
    this.#rows = [];
    await work({} as EntityManager);
    await this.before();
    if (this.error !== undefined) throw this.error;
    this.commits.push(this.#rows);
  };

  readonly write = (_: EntityManager, rows: readonly string[]): Promise<void> => {
    this.#rows.push(...rows);
    return Promise.resolve();
  };
}

describe('WriteBehind', () => {
  let host: FakeHost;

  beforeEach(() => {
    host = new FakeHost();
  });

  const make = (options: Partial<WriteBehindOptions<string>> = {}) =>
    new WriteBehind<string>({ name: 'visits', write: host.write, ...options }, host);
  const addAll = (buffer: WriteBehind<string>, rows: Iterable<string>): boolean[] =>
    Array.from(rows, (row) => buffer.add(row));

  it('writes what comes within 50 ms in one transaction', async () => {
    const buffer = make();
    addAll(buffer, 'ab');
    await host.clock.advance(49);
    expect(host.commits).toEqual([]);
    buffer.add('c');
    await host.clock.advance(1);
    expect(host.commits).toEqual([['a', 'b', 'c']]);
    expect(buffer.stats()).toMatchObject({ pending: 0, written: 3, dropped: 0, failures: 0 });
    expect(host.clock.pendingTimers).toBe(0);
  });

  it('writes at once when there are enough, a transaction for each so many', async () => {
    const buffer = make({ maxRows: 3, maxDelayMs: 1_000 });
    addAll(buffer, 'abcdefgh');
    await host.clock.advance(0);
    expect(host.commits).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e', 'f'],
    ]);
    await host.clock.advance(1_000);
    expect(host.commits.at(-1)).toEqual(['g', 'h']);
  });

  it('merges rows of one key, and shows the sum while it is on its way', async () => {
    const gate = new Gate();
    const buffer = make({ merge: SUM });
    host.before = () => gate.passed;
    addAll(buffer, ['a1', 'b1', 'a2']);
    await host.clock.advance(50);
    buffer.add('a3');
    expect([buffer.find('a'), buffer.find('b'), buffer.find('c')]).toEqual(['a1a2a3', 'b1', undefined]);
    expect(buffer.stats().pending).toBe(3);
    gate.open();
    await host.clock.advance(50);
    expect(host.commits).toEqual([['a1a2', 'b1'], ['a3']]);
    expect(buffer.find('a')).toBeUndefined();
  });

  it('keeps what could not be written, tries again after growing pauses, and tells once', async () => {
    const buffer = make({ merge: SUM });
    host.error = new Error('disk full');
    buffer.add('a1');
    await host.clock.advance(50);
    buffer.add('a2');
    expect(buffer.stats()).toMatchObject({ pending: 1, failures: 1, lastError: 'Error: disk full' });
    await host.clock.advance(1_000 + 2_000 + 4_000);
    expect(buffer.stats().failures).toBe(4);
    host.error = undefined;
    await host.clock.advance(8_000);
    expect(host.commits).toEqual([['a1a2']]);
    expect(buffer.stats()).toMatchObject({ pending: 0, written: 1, failures: 0, lastError: null });
    expect(host.told).toEqual([
      'visits: 1 rows could not be written and are kept: Error: disk full',
      'visits: rows are written again.',
    ]);
  });

  it('drops the newest when it is full, counts them and tells once; a known key is not a new row', async () => {
    const buffer = make({ maxRows: 2, capacity: 3, merge: SUM });
    host.error = new Error('disk full');
    addAll(buffer, 'ab');
    await host.clock.advance(0);
    expect(addAll(buffer, 'cdea')).toEqual([true, false, false, true]);
    expect(buffer.add('c')).toBe(true);
    expect(buffer.stats()).toMatchObject({ pending: 3, dropped: 2 });
    expect(host.told.filter((line) => line.includes('dropped'))).toHaveLength(1);
  });

  it('flushes on demand, and says why that failed', async () => {
    const buffer = make({ maxRows: 2 });
    addAll(buffer, 'a');
    host.error = new Error('disk full');
    await expect(buffer.flush()).rejects.toThrow('disk full');
    host.error = undefined;
    await buffer.flush();
    expect(host.commits).toEqual([['a']]);
  });

  it('writes what is left at the end, and takes no more', async () => {
    const buffer = make({ maxRows: 2 });
    addAll(buffer, 'abc');
    await buffer.close();
    expect(host.commits.flat()).toEqual(['a', 'b', 'c']);
    expect(buffer.add('late')).toBe(false);
    expect(buffer.stats()).toMatchObject({ pending: 0, dropped: 1 });
    expect(host.clock.pendingTimers).toBe(0);
  });

  it('does not hold up the end when nothing can be written, and says what is lost', async () => {
    const buffer = make();
    addAll(buffer, 'ab');
    host.error = new Error('disk full');
    await buffer.close();
    expect(host.told.at(-1)).toBe('visits: 2 rows are lost at the end: Error: disk full');
    expect(buffer.stats().dropped).toBe(2);
  });

  it.each([
    [{ maxRows: 0 }, 'maxRows must be an integer of at least 1, got 0'],
    [{ maxDelayMs: -1 }, 'maxDelayMs must be an integer of at least 0, got -1'],
    [{ maxRows: 50, capacity: 49 }, 'capacity must be an integer of at least 50, got 49'],
  ])('refuses %j', (options, message) => {
    expect(() => make(options)).toThrow(new RangeError(message));
  });

  it('writes every row that it took once and in order, whatever happens', async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.constant('add' as const) },
      fc.constantFrom('fail' as const, 'heal' as const, 'flush' as const),
      fc.nat(400),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        host = new FakeHost();
        const buffer = make({ maxRows: 3, capacity: 8 });
        const taken: string[] = [];
        for (const [index, action] of steps.entries()) {
          if (typeof action === 'number') await host.clock.advance(action);
          else if (action === 'add') {
            if (buffer.add(String(index))) taken.push(String(index));
          } else if (action === 'flush') void buffer.flush().catch(() => undefined);
          else host.error = action === 'fail' ? new Error('disk full') : undefined;
          expect(buffer.stats().pending).toBeLessThanOrEqual(8);
        }
        host.error = undefined;
        await buffer.close();
        expect(host.commits.flat()).toEqual(taken);
        expect(host.commits.every((rows) => rows.length <= 3)).toBe(true);
        expect(host.clock.pendingTimers).toBe(0);
      }),
    );
  });
});
