import fc from 'fast-check';
import { ManualClock } from 'penstock/kernel/testing';
import { beforeEach, describe, expect, it } from 'vitest';

import { RecordingWaitObserver } from '../../testing/index.js';
import { FakeConnection } from '../../testing/fake-connection.js';
import { ConnectionPool } from './connection-pool.js';
import type { Lease } from './lease.js';

describe('ConnectionPool', () => {
  let clock: ManualClock;
  let observer: RecordingWaitObserver;
  let opened: FakeConnection[];
  let openError: Error | undefined;

  beforeEach(() => {
    clock = new ManualClock();
    observer = new RecordingWaitObserver();
    opened = [];
    openError = undefined;
  });

  const make = (size: number, replaceable = true): ConnectionPool =>
    new ConnectionPool({
      name: 'database.writer',
      size,
      replaceable,
      clock,
      observer,
      readOnly: false,
      acquireTimeoutMs: 100,
      open: () => {
        if (openError !== undefined) return Promise.reject(openError);
        const connection = new FakeConnection();
        opened.push(connection);
        return Promise.resolve(connection);
      },
    });
  const settle = (): Promise<void> => clock.advance(0);

  it('opens all connections at the start, and none again', async () => {
    const pool = make(2);
    await pool.openAll();
    const leases = [await pool.acquire({ name: 'a' }), await pool.acquire({ name: 'b' })];
    expect(opened).toHaveLength(2);
    expect(new Set(leases.map(({ connection }) => connection)).size).toBe(2);
  });

  it('hands a connection to the first in line, with nobody in between', async () => {
    const pool = make(1);
    const order: string[] = [];
    const use = async (name: string): Promise<Lease> => {
      const lease = await pool.acquire({ name });
      order.push(name);
      return lease;
    };
    const first = await use('first');
    const second = use('second');
    const third = use('third');
    first.release();
    const newcomer = use('newcomer');
    (await second).release();
    (await third).release();
    (await newcomer).release();
    expect(order).toEqual(['first', 'second', 'third', 'newcomer']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('does not release twice', async () => {
    const pool = make(1);
    const first = await pool.acquire({ name: 'first' });
    first.release();
    await pool.acquire({ name: 'second' });
    first.release();
    expect(pool.stats()).toMatchObject({ size: 1, active: 1, idle: 0, waiting: 0 });
  });

  it('tells a caller who timed out who holds what for how long', async () => {
    const pool = make(1);
    const holder = await pool.acquire({ statement: 'UPDATE token' });
    await clock.advance(250);
    const late = expect(pool.acquire({ name: 'late' })).rejects.toMatchObject({
      code: 'acquire_timeout',
      message:
        'Waited 100 ms for database.writer, held by "DELETE token" for 350 ms; 1 more are in line. ' +
        'Shorten that operation, or raise acquireTimeoutMs.',
    });
    await clock.advance(50);
    const later = pool.acquire({ name: 'later' });
    holder.describe('DELETE token');
    await clock.advance(50);
    await late;
    holder.release();
    (await later).release();
    expect(observer.waits).toEqual([
      { resource: 'database.writer', waitedMs: 100, holder: 'DELETE token', outcome: 'timeout' },
      { resource: 'database.writer', waitedMs: 50, holder: 'DELETE token', outcome: 'acquired' },
    ]);
  });

  it('counts every acquire by how long it waited, and knows who holds a connection for longest', async () => {
    const pool = make(1);
    const first = await pool.acquire({ name: 'first' });
    const second = pool.acquire({ name: 'second' });
    await clock.advance(40);
    expect(pool.stats().longest).toEqual({ label: 'first', heldMs: 40 });
    first.release();
    const late = expect(pool.acquire({ name: 'late' })).rejects.toMatchObject({ code: 'acquire_timeout' });
    await clock.advance(100);
    await late;
    const { waits, longest } = pool.stats();
    expect(longest).toEqual({ label: 'second', heldMs: 100 });
    expect(waits).toMatchObject({ count: 3, sumMs: 140, maxMs: 100 });
    expect(waits.buckets.filter(({ count }) => count > 0)).toEqual([
      { leMs: 0, count: 1 },
      { leMs: 50, count: 1 },
      { leMs: 100, count: 1 },
    ]);
    (await second).release();
  });

  it('keeps the name of a lease that has one', async () => {
    const lease = await make(1).acquire({ name: 'nightly' });
    lease.describe('DELETE token');
    expect(lease.label).toBe('nightly');
  });

  it('replaces a broken connection when it is next needed', async () => {
    const pool = make(1);
    const lease = await pool.acquire({ name: 'breaks it' });
    lease.broken = true;
    lease.release();
    expect(opened[0]?.closed).toBe(true);
    openError = new Error('disk gone');
    await expect(pool.acquire({ name: 'fails' })).rejects.toThrow('disk gone');
    openError = undefined;
    expect((await pool.acquire({ name: 'works' })).connection).toBe(opened[1]);
  });

  it('keeps a broken connection if the data live in it', async () => {
    const pool = make(1, false);
    const lease = await pool.acquire({ name: 'breaks it' });
    lease.broken = true;
    lease.release();
    expect((await pool.acquire({ name: 'next' })).connection).toBe(opened[0]);
  });

  it('drains: serves those in line, refuses newcomers, then closes all', async () => {
    const pool = make(1);
    const lease = await pool.acquire({ name: 'running' });
    const waiting = pool.acquire({ name: 'in line' });
    const drained = pool.drain(1000);
    await expect(pool.acquire({ name: 'newcomer' })).rejects.toMatchObject({ code: 'database_closed' });
    lease.release();
    (await waiting).release();
    expect(await drained).toEqual([]);
    const before: unknown[] = [];
    await pool.close((connection) => Promise.resolve(void before.push(connection)));
    expect(before).toEqual(opened);
    expect(opened.every(({ closed }) => closed)).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  it('stops draining in time, names what runs and cuts it off', async () => {
    const pool = make(1);
    const lease = await pool.acquire({ name: 'stuck' });
    const drained = pool.drain(50);
    const inLine = expect(pool.drain(50).then(() => pool.acquire({ name: 'x' }))).rejects.toThrow('closed');
    await clock.advance(50);
    expect(await drained).toEqual(['"stuck" for 50 ms']);
    await inLine;
    await pool.close();
    expect(opened[0]).toMatchObject({ closed: true, interrupted: true });
    lease.release();
  });

  it('fails those in line when draining ends before their turn', async () => {
    const pool = make(1);
    await pool.acquire({ name: 'stuck' });
    const inLine = expect(pool.acquire({ name: 'in line' })).rejects.toMatchObject({
      code: 'database_closed',
    });
    const drained = pool.drain(50);
    await clock.advance(50);
    await Promise.all([drained, inLine]);
    expect(observer.waits).toMatchObject([{ outcome: 'aborted', waitedMs: 50 }]);
  });

  it('serves in order of arrival under every schedule, and loses no connection', async () => {
    const step = fc.oneof(
      fc.constant({ kind: 'acquire' as const }),
      fc.record({ kind: fc.constant('release' as const), pick: fc.nat(9), broken: fc.boolean() }),
      fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 120 }) }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.array(step, { maxLength: 40 }),
        async (size, steps) => {
          const pool = make(size);
          const served: number[] = [];
          const held: Lease[] = [];
          let arrived = 0;
          for (const action of steps) {
            if (action.kind === 'acquire') {
              const ticket = arrived++;
              pool.acquire({ name: 'x' }).then(
                (lease) => {
                  served.push(ticket);
                  held.push(lease);
                },
                () => undefined,
              );
            } else if (action.kind === 'release') {
              const [lease] = held.splice(action.pick % Math.max(held.length, 1), 1);
              if (lease !== undefined) lease.broken = action.broken;
              lease?.release();
            } else {
              await clock.advance(action.ms);
            }
            await settle();
            const { active, idle, waiting } = pool.stats();
            expect(active).toBe(held.length);
            expect(active + idle).toBe(size);
            if (waiting > 0) expect(idle).toBe(0);
          }
          expect(served).toEqual([...served].sort((a, b) => a - b));
          while (held.length > 0 || pool.stats().waiting > 0) {
            held.shift()?.release();
            await settle();
          }
          expect(pool.stats()).toMatchObject({ size, active: 0, idle: size, waiting: 0, longest: null });
          expect(clock.pendingTimers).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });
});
