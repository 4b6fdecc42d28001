import { DatabasePool, WriteBehindBuffers } from 'penstock/database';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { startApp, type TestApp } from '../../test/support/start-app.js';

import { dayOf, TokenCounters } from './token-counters.js';

describe('TokenCounters', () => {
  let test: TestApp;
  let counters: TokenCounters;

  beforeEach(async () => {
    test = await startApp({ imports: [], migrations: [], providers: [TokenCounters] });
    counters = test.app.get(TokenCounters);
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    await test.close();
  });

  const transactions = () => vi.spyOn(test.app.get(DatabasePool), 'transaction');
  const TALLY = { submitted: 0, completed: 0, failed: 0, errors: 0 };
  const NONE = { total: TALLY, today: TALLY, lastUsedAt: null, lastError: null };

  it('arms one timer, however much is counted, and none when there is nothing', () => {
    expect(test.clock.pendingTimers).toBe(0);
    for (let round = 0; round < 10; round++) counters.count('tok_1', 'completed');
    expect(test.clock.pendingTimers).toBe(1);
    expect(counters.pending('tok_1')).toMatchObject({ total: { ...TALLY, completed: 10 }, lastUsedAt: null });
    expect(counters.pending('tok_2')).toEqual(NONE);
  });

  it('takes only a submission as use', async () => {
    counters.count('tok_1', 'failed');
    expect(counters.pending('tok_1').lastUsedAt).toBeNull();
    counters.count('tok_1', 'submitted');
    const usedAt = test.clock.now();
    await test.clock.advance(1_000);
    counters.count('tok_1', 'completed');
    expect(counters.pending('tok_1').lastUsedAt).toBe(usedAt);
  });

  it('writes all tokens in one transaction after 5 s', async () => {
    const write = transactions().mockResolvedValue(undefined);
    counters.count('tok_1', 'completed');
    counters.count('tok_2', 'failed');
    await test.clock.advance(4_999);
    expect(write).not.toHaveBeenCalled();
    await test.clock.advance(1);
    expect(write).toHaveBeenCalledTimes(1);
    expect(counters.pending('tok_1').total.completed).toBe(0);
  });

  it('keeps what could not be written, beside what was counted meanwhile', async () => {
    transactions().mockImplementationOnce(() => {
      counters.count('tok_1', 'completed');
      return Promise.reject(new Error('disk full'));
    });
    counters.count('tok_1', 'submitted');
    const usedAt = test.clock.now();
    await test.clock.advance(5_000);
    expect(counters.pending('tok_1')).toMatchObject({
      total: { submitted: 1, completed: 1 },
      lastUsedAt: usedAt,
    });
    expect(test.logged.join()).toContain('could not be written and are kept: Error: disk full');
    expect(test.clock.pendingTimers).toBe(1);
  });

  it('leaves no timer at the end, and nothing that is not written', async () => {
    const write = transactions().mockResolvedValue(undefined);
    counters.count('tok_1', 'submitted');
    await test.app.get(WriteBehindBuffers).beforeApplicationShutdown();
    expect(write).toHaveBeenCalledTimes(1);
    expect(test.clock.pendingTimers).toBe(0);
    expect(counters.pending('tok_1').total.submitted).toBe(0);
  });

  it('tells days of UTC apart, and the last error', async () => {
    const midnight = dayOf(test.clock.now()) + 86_400_000;
    await test.clock.advance(midnight - test.clock.now() - 2_000);
    counters.count('tok_1', 'completed');
    counters.countError('tok_1', 'transient');
    await test.clock.advance(3_000);
    counters.count('tok_1', 'completed');
    expect(counters.pending('tok_1')).toEqual({
      total: { ...TALLY, completed: 2, errors: 1 },
      today: { ...TALLY, completed: 1 },
      lastUsedAt: null,
      lastError: { kind: 'transient', at: midnight - 2_000 },
    });
    counters.countError('tok_1', 'rate_limited');
    expect(counters.pending('tok_1').lastError).toEqual({ kind: 'rate_limited', at: test.clock.now() });
  });
});
