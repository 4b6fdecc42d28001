import { ManualClock, SeededRandom } from 'penstock/kernel/testing';
import { DatabaseError as ServerError } from 'pg';
import { QueryFailedError } from 'typeorm';
import { beforeEach, describe, expect, it } from 'vitest';

import { repeatConflicts } from './repeat-conflicts.js';

const failed = (code: string): QueryFailedError =>
  new QueryFailedError('COMMIT', [], Object.assign(new ServerError('could not', 9, 'error'), { code }));

describe('repeatConflicts', () => {
  let clock: ManualClock;
  let attempts: number;

  beforeEach(() => {
    clock = new ManualClock();
    attempts = 0;
  });

  /** Runs a transaction that fails with these codes, one an attempt, and then succeeds. */
  const run = (codes: readonly string[], timeoutMs = 10_000): Promise<string> =>
    repeatConflicts(
      () => {
        const code = codes[attempts];
        attempts += 1;
        return code === undefined ? Promise.resolve('done') : Promise.reject(failed(code));
      },
      { clock, random: new SeededRandom(1), timeoutMs },
    );

  it('runs a transaction again that lost a conflict or a deadlock', async () => {
    const result = run(['40001', '40P01', '40001']);
    await clock.advance(1_000);
    expect(await result).toBe('done');
    expect(attempts).toBe(4);
  });

  it('leaves every other failure alone', async () => {
    await expect(run(['23505'])).rejects.toMatchObject({ driverError: { code: '23505' } });
    await expect(
      repeatConflicts(() => Promise.reject(new Error('40001')), {
        clock,
        random: new SeededRandom(1),
        timeoutMs: 100,
      }),
    ).rejects.toThrow('40001');
    expect(attempts).toBe(1);
  });

  it('pauses at most 500 ms, and gives up after its time, saying so', async () => {
    const result = run(
      Array.from({ length: 1_000 }, () => '40001'),
      5_000,
    );
    const ended = expect(result).rejects.toMatchObject({
      code: 'transaction_conflict',
      category: 'unavailable',
      message: expect.stringMatching(/^A transaction lost against others \d+ times in 5000 ms/) as string,
      cause: { driverError: { code: '40001' } },
    });
    await clock.advance(6_000);
    await ended;
    expect(attempts).toBeGreaterThan(10);
    expect(attempts).toBeLessThan(100);
  });
});
