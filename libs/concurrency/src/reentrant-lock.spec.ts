import { getEventListeners } from 'node:events';

import { ManualClock } from 'penstock/kernel/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ReentrantLock } from './reentrant-lock.js';
import { WaitObserver, type Wait } from './wait-observer.js';

class Waits extends WaitObserver {
  readonly seen: Wait[] = [];

  override waited(wait: Wait): void {
    this.seen.push(wait);
  }
}

let clock: ManualClock;
let waits: Waits;
let lock: ReentrantLock;
let log: string[];

beforeEach(() => {
  clock = new ManualClock();
  waits = new Waits();
  log = [];
  lock = new ReentrantLock({ name: 'test.lock', clock, observer: waits });
});

afterEach(() => {
  expect(lock.stats()).toEqual({ held: false, waiting: 0 });
  expect(lock.isMine).toBe(false);
  expect(clock.pendingTimers).toBe(0);
});

/** Notes when it begins and ends, with a pause between in which others could get in. */
const step = (name: string) => async (): Promise<string> => {
  log.push(`+${name}`);
  await new Promise((resolve) => setImmediate(resolve));
  log.push(`-${name}`);
  return name;
};

const gate = (): { readonly passed: Promise<void>; readonly open: () => void } => {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open };
};

describe('an owner', () => {
  it('takes the lock again, at any depth, and others come after all of it', async () => {
    const owner = lock.run(async () => {
      log.push('+a');
      await lock.run(() => lock.run(step('inner')));
      log.push('-a');
    });
    const other = lock.run(step('b'));
    await Promise.all([owner, other]);
    expect(log).toEqual(['+a', '+inner', '-inner', '-a', '+b', '-b']);
  });

  it('keeps it across timers, and knows that it has it', async () => {
    await lock.run(async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      expect(lock.isMine).toBe(true);
      expect(await lock.run(step('again'))).toBe('again');
      expect(lock.isMine).toBe(true);
    });
  });

  it('may hold another lock between', async () => {
    const second = new ReentrantLock({ name: 'second', clock });
    await lock.run(() => second.run(() => lock.run(() => second.run(step('deep')))));
    expect(log).toEqual(['+deep', '-deep']);
    expect(second.stats().held).toBe(false);
  });

  it('gives it back after an error, which is handed on', async () => {
    const failing = lock.run(async () => {
      await lock.run(() => Promise.reject(new Error('inner')));
    });
    await expect(failing).rejects.toThrow('inner');
    const throwing = lock.run(() => {
      throw new Error('at once');
    });
    await expect(throwing).rejects.toThrow('at once');
    expect(await lock.run(step('after'))).toBe('after');
  });
});

describe('parallel branches of an owner', () => {
  it('exclude one another, in turn', async () => {
    await lock.run(() => Promise.all(['1', '2', '3'].map((name) => lock.run(step(name)))));
    expect(log).toEqual(['+1', '-1', '+2', '-2', '+3', '-3']);
  });

  it('keep the lock until the last one has ended, also when the task did not wait for it', async () => {
    const { passed, open } = gate();
    let left: Promise<unknown> = Promise.resolve();
    await lock.run(() => {
      left = Promise.all([lock.run(() => passed), lock.run(step('queued'))]);
      return Promise.resolve();
    });
    const other = lock.run(step('other'));
    await clock.advance(0);
    expect(log).toEqual([]);
    open();
    await Promise.all([left, other]);
    expect(log).toEqual(['+queued', '-queued', '+other', '-other']);
  });

  it('may wait a bounded time, and the owner goes on', async () => {
    const { passed, open } = gate();
    await lock.run(async () => {
      const holding = lock.run(() => passed);
      const late = lock.run(step('never'), { timeoutMs: 50 });
      const refused = expect(late).rejects.toMatchObject({ code: 'acquire_timeout' });
      await clock.advance(50);
      await refused;
      open();
      await holding;
    });
    expect(log).toEqual([]);
  });
});

describe('what a task left behind', () => {
  it('is no owner once the task has ended', async () => {
    const start = gate();
    let stray: Promise<unknown> = Promise.resolve();
    await lock.run(() => {
      stray = start.passed.then(() => lock.run(step('stray')));
      return Promise.resolve();
    });
    const { passed, open } = gate();
    const owner = lock.run(() => passed);
    start.open();
    await clock.advance(0);
    expect(log).toEqual([]);
    open();
    await Promise.all([owner, stray]);
    expect(log).toEqual(['+stray', '-stray']);
  });

  it('belongs to the task around it that still runs', async () => {
    const start = gate();
    await lock.run(async () => {
      let stray: Promise<unknown> = Promise.resolve();
      await lock.run(() => {
        stray = start.passed.then(() => lock.run(step('stray')));
        return Promise.resolve();
      });
      start.open();
      await stray;
    });
    expect(log).toEqual(['+stray', '-stray']);
  });
});

describe('waiters', () => {
  const hold = (): (() => Promise<void>) => {
    const { passed, open } = gate();
    const running = lock.run(() => passed);
    return async () => {
      open();
      await running;
    };
  };

  it('are served first come, first served, and their waits are reported', async () => {
    const release = hold();
    const others = ['1', '2', '3'].map((name) => lock.run(step(name)));
    expect(lock.stats()).toEqual({ held: true, waiting: 3 });
    await clock.advance(7);
    await release();
    await Promise.all(others);
    expect(log).toEqual(['+1', '-1', '+2', '-2', '+3', '-3']);
    const first = waits.seen.find(({ waitedMs }) => waitedMs > 0);
    expect(first).toEqual({ resource: 'test.lock', waitedMs: 7, holder: undefined, outcome: 'acquired' });
  });

  it('give up when their time is up or their signal aborts, and the next is served', async () => {
    const release = hold();
    const cancel = new AbortController();
    const late = lock.run(step('late'), { timeoutMs: 10 });
    const cancelled = lock.run(step('cancelled'), { signal: cancel.signal, timeoutMs: 20 });
    const patient = lock.run(step('patient'), { timeoutMs: 1_000 });
    const refused = Promise.all([
      expect(late).rejects.toMatchObject({ code: 'acquire_timeout', category: 'timeout' }),
      expect(cancelled).rejects.toMatchObject({ code: 'acquire_aborted' }),
    ]);
    await clock.advance(10);
    cancel.abort();
    await refused;
    expect(getEventListeners(cancel.signal, 'abort')).toEqual([]);
    await release();
    expect(await patient).toBe('patient');
    expect(log).toEqual(['+patient', '-patient']);
  });

  it('do not begin with a signal that has aborted', async () => {
    const reason = new Error('gone');
    await expect(lock.run(step('x'), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(log).toEqual([]);
  });
});
