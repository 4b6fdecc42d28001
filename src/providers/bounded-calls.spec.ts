import { ManualClock } from 'penstock/kernel/testing';
import { beforeEach, describe, expect, it } from 'vitest';

import { BoundedCalls } from './bounded-calls.js';

const never = new Promise<never>(() => undefined);

describe('BoundedCalls', () => {
  let clock: ManualClock;
  let calls: BoundedCalls;

  beforeEach(() => {
    clock = new ManualClock();
    calls = new BoundedCalls(clock);
  });

  it('hands on the result, and leaves no timer', async () => {
    await expect(calls.run({ operation: 'poll', timeoutMs: 1_000 }, async () => 7)).resolves.toBe(7);
    expect(clock.pendingTimers).toBe(0);
  });

  it('hands on errors, thrown at once or later', async () => {
    const bounds = { operation: 'submit', timeoutMs: 1_000 };
    const error = new Error('broken');
    await expect(calls.run(bounds, () => Promise.reject(error))).rejects.toBe(error);
    await expect(
      calls.run(bounds, () => {
        throw error;
      }),
    ).rejects.toBe(error);
    expect(clock.pendingTimers).toBe(0);
  });

  it('aborts what takes too long, and lets it say what became of it', async () => {
    const run = calls.run(
      { operation: 'submit', timeoutMs: 1_000 },
      (signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(new Error('never left'));
          });
        }),
    );
    const failed = expect(run).rejects.toThrow('never left');
    await clock.advance(1_000);
    await failed;
    expect(clock.pendingTimers).toBe(0);
  });

  it.each(['timeout', 'caller', 'shutdown'])('waits no longer for deaf work (%s)', async (reason) => {
    const caller = new AbortController();
    const bounds = { operation: 'submit', signal: caller.signal };
    const run = calls.run(reason === 'timeout' ? { ...bounds, timeoutMs: 500 } : bounds, () => never);
    const failed = expect(run).rejects.toThrow(
      { timeout: 'submit took over 500 ms', caller: 'gone', shutdown: 'The process ends.' }[reason] ?? '',
    );
    await clock.advance(500);
    if (reason === 'caller') caller.abort(new Error('gone'));
    if (reason === 'shutdown') calls.onApplicationShutdown();
    await clock.advance(1_000);
    await failed;
    expect(clock.pendingTimers).toBe(0);
  });

  it('aborts at once what begins after the shutdown', async () => {
    calls.onApplicationShutdown();
    const run = calls.run({ operation: 'poll' }, async (signal) => signal.aborted);
    await expect(run).resolves.toBe(true);
  });

  it('goes on to abort what a call handed over when its caller goes', async () => {
    const caller = new AbortController();
    const signal = await calls.run({ operation: 'download', signal: caller.signal }, async (call) => call);
    expect(signal.aborted).toBe(false);
    caller.abort(new Error('gone'));
    expect(signal.reason).toEqual(new Error('gone'));
  });

  it('keeps nothing of a call that ended: the shutdown does not reach it', async () => {
    const signal = await calls.run({ operation: 'poll' }, async (call) => call);
    calls.onApplicationShutdown();
    expect(signal.aborted).toBe(false);
  });
});
