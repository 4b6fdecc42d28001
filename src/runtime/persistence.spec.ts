import { Logger } from '@nestjs/common';
import { ManualClock } from 'penstock/kernel/testing';
import { beforeEach, describe, expect, it } from 'vitest';

import { Persistence } from './persistence.js';

describe('Persistence', () => {
  let clock: ManualClock;
  let persistence: Persistence;
  let attempts: number[];
  const failing = (times: number) => (): Promise<string> => {
    attempts.push(clock.monotonic());
    return attempts.length <= times ? Promise.reject(new Error('SQLITE_BUSY')) : Promise.resolve('stored');
  };

  beforeEach(() => {
    Logger.overrideLogger(false);
    clock = new ManualClock();
    persistence = new Persistence(clock);
    attempts = [];
  });

  it('writes once where that is enough', async () => {
    expect(await persistence.untilStored(failing(0))).toBe('stored');
    expect(attempts).toEqual([0]);
  });

  it('tries again with growing pauses of at most 5 s', async () => {
    const stored = persistence.untilStored(failing(8));
    await clock.advance(60_000);
    expect(await stored).toBe('stored');
    expect(attempts).toEqual([0, 100, 300, 700, 1_500, 3_100, 6_300, 11_300, 16_300]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('gives up at the end of the process, after a last try', async () => {
    const stored = persistence.untilStored(failing(99));
    const failed = expect(stored).rejects.toThrow('SQLITE_BUSY');
    await clock.advance(150);
    persistence.beforeApplicationShutdown();
    await failed;
    expect(attempts).toEqual([0, 100, 150]);
    expect(clock.pendingTimers).toBe(0);
  });
});
