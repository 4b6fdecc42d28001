import { AsyncLocalStorage } from 'node:async_hooks';
import { getEventListeners } from 'node:events';

import fc from 'fast-check';
import { ManualClock } from 'penstock/kernel/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Semaphore, type Release } from './semaphore.js';
import { WaitObserver, type Wait } from './wait-observer.js';

const callers = new AsyncLocalStorage<string>();

class Waits extends WaitObserver {
  readonly seen: (Wait & { readonly caller: string | undefined })[] = [];

  override waited(wait: Wait): void {
    this.seen.push({ ...wait, caller: callers.getStore() });
  }
}

let clock: ManualClock;
let waits: Waits;
beforeEach(() => {
  clock = new ManualClock();
  waits = new Waits();
});
afterEach(() => {
  expect(clock.pendingTimers).toBe(0);
});

const aSemaphore = (permits: number): Semaphore =>
  new Semaphore({ name: 'test.permits', permits, clock, observer: waits });

it.each([0, -1, 1.5, Number.NaN, Infinity])('refuses %d permits', (permits) => {
  expect(() => aSemaphore(permits)).toThrow(
    new RangeError(`permits of test.permits must be an integer >= 1, got ${permits}`),
  );
});

describe('permits', () => {
  it('are had at once while there are some, without a wait to report', async () => {
    const semaphore = aSemaphore(2);
    await semaphore.acquire();
    expect(semaphore.tryAcquire()).toBeTypeOf('function');
    expect(semaphore.tryAcquire()).toBeUndefined();
    expect(semaphore.stats()).toEqual({ active: 2, idle: 0, waiting: 0 });
    expect(waits.seen).toEqual([]);
  });

  it('are given back once, however often that is said', async () => {
    const semaphore = aSemaphore(1);
    const release = await semaphore.acquire();
    release();
    release();
    expect(semaphore.stats()).toEqual({ active: 0, idle: 1, waiting: 0 });
  });

  it('go to the first who waits, not to a newcomer', async () => {
    const semaphore = aSemaphore(1);
    const release = await semaphore.acquire();
    const log: string[] = [];
    const waiters = ['a', 'b'].map((name) =>
      semaphore.acquire().then((next) => {
        log.push(name);
        return next;
      }),
    );
    release();
    expect(semaphore.tryAcquire()).toBeUndefined();
    const [first, second] = waiters;
    (await first)?.();
    (await second)?.();
    expect(log).toEqual(['a', 'b']);
    expect(semaphore.stats()).toEqual({ active: 0, idle: 1, waiting: 0 });
  });

  it.each(['ends', 'throws'])('come back when a task %s', async (how) => {
    const semaphore = aSemaphore(1);
    const error = new Error('in the task');
    const task = semaphore.run(() => {
      expect(semaphore.stats().active).toBe(1);
      return how === 'ends' ? Promise.resolve(7) : Promise.reject(error);
    });
    if (how === 'ends') expect(await task).toBe(7);
    else await expect(task).rejects.toBe(error);
    expect(semaphore.stats().idle).toBe(1);
  });

  it('come back when a task throws before its first await', async () => {
    const semaphore = aSemaphore(1);
    const task = semaphore.run(() => {
      throw new Error('at once');
    });
    await expect(task).rejects.toThrow('at once');
    expect(semaphore.stats().idle).toBe(1);
  });
});

describe('a wait', () => {
  it('ends when its time is up, and takes nothing', async () => {
    const semaphore = aSemaphore(1);
    const release = await semaphore.acquire();
    const late = expect(semaphore.acquire({ timeoutMs: 50 })).rejects.toMatchObject({
      code: 'acquire_timeout',
      category: 'timeout',
      message: 'Waited 50 ms for test.permits: timeout.',
    });
    await clock.advance(50);
    await late;
    release();
    expect(semaphore.stats()).toEqual({ active: 0, idle: 1, waiting: 0 });
  });

  it('ends when it is given up, and leaves its place to the next', async () => {
    const semaphore = aSemaphore(1);
    const release = await semaphore.acquire();
    const caller = new AbortController();
    const given = expect(semaphore.acquire({ timeoutMs: 50, signal: caller.signal })).rejects.toMatchObject({
      code: 'acquire_aborted',
    });
    const ran = semaphore.run(() => Promise.resolve('next'));
    caller.abort();
    await given;
    release();
    expect(await ran).toBe('next');
  });

  it('does not begin for who has given up already, free permits or not', async () => {
    const semaphore = aSemaphore(1);
    const signal = AbortSignal.abort(new Error('gone'));
    await expect(semaphore.acquire({ signal })).rejects.toThrow('gone');
    await expect(semaphore.run(() => Promise.resolve(), signal)).rejects.toThrow('gone');
    expect(semaphore.stats()).toEqual({ active: 0, idle: 1, waiting: 0 });
  });

  it('leaves neither timer nor listener behind when it has what it waited for', async () => {
    const semaphore = aSemaphore(1);
    const release = await semaphore.acquire();
    const { signal } = new AbortController();
    const waiter = semaphore.acquire({ timeoutMs: 50, signal });
    await clock.advance(20);
    release();
    (await waiter)();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('is reported with its length and end, in the context of who waited', async () => {
    const semaphore = aSemaphore(1);
    const release = await semaphore.acquire();
    const caller = new AbortController();
    const { signal } = caller;
    const ends = [
      callers.run('a', () => semaphore.acquire({ timeoutMs: 10 })),
      callers.run('b', () => semaphore.acquire({ signal })),
      callers.run('c', () => semaphore.acquire()),
    ];
    const settled = Promise.allSettled(ends);
    await clock.advance(10);
    await clock.advance(5);
    caller.abort();
    callers.run('holder', release);
    await settled;
    const common = { resource: 'test.permits', holder: undefined };
    expect(waits.seen).toEqual([
      { ...common, caller: 'a', waitedMs: 10, outcome: 'timeout' },
      { ...common, caller: 'b', waitedMs: 15, outcome: 'aborted' },
      { ...common, caller: 'c', waitedMs: 15, outcome: 'acquired' },
    ]);
  });
});

it('keeps its count and its order, whatever happens', async () => {
  const step = fc.oneof(
    fc.constant('acquire' as const),
    fc.constant('release' as const),
    fc.constant('abort' as const),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.array(step, { maxLength: 60 }),
      async (permits, script) => {
        const semaphore = aSemaphore(permits);
        const held: Release[] = [];
        const got: number[] = [];
        let waiting: { readonly id: number; readonly caller: AbortController }[] = [];
        const expected: number[] = [];
        for (const [id, what] of script.entries()) {
          if (what === 'acquire') {
            const caller = new AbortController();
            if (held.length < permits) expected.push(id);
            else waiting.push({ id, caller });
            semaphore.acquire({ signal: caller.signal }).then(
              (release) => {
                held.push(release);
                got.push(id);
              },
              () => undefined,
            );
          } else if (what === 'release' && held.length > 0) {
            held.shift()?.();
            const [first, ...rest] = waiting;
            if (first !== undefined) expected.push(first.id);
            waiting = rest;
          } else if (what === 'abort') waiting.pop()?.caller.abort();
          await new Promise((turn) => setImmediate(turn));
          expect(got).toEqual(expected);
          const active = held.length;
          expect(semaphore.stats()).toEqual({ active, idle: permits - active, waiting: waiting.length });
        }
      },
    ),
  );
});
