import { describe, expect, it } from 'vitest';

import { retryAfterDate, retryAfterSeconds } from './refusal.js';
import { WaitLedger } from './wait-ledger.js';

describe('WaitLedger', () => {
  it('knows nobody at first', () => {
    expect(new WaitLedger().isEarly('k', 'create', 0)).toBe(false);
  });

  it('holds calls against a secret until its time is up, but not those already under way', () => {
    const ledger = new WaitLedger();
    ledger.told('k', retryAfterSeconds(10, 1_000, 'any'), 1_000);
    const early = [1_000, 1_249, 1_250, 10_999, 11_000].map((now) => ledger.isEarly('k', 'list', now));
    expect(early).toEqual([false, false, true, true, false]);
    expect(ledger.isEarly('other', 'list', 5_000)).toBe(false);
  });

  it('concerns only the operations that should wait', () => {
    const ledger = new WaitLedger();
    ledger.told('k', retryAfterSeconds(10, 0, ['create', 'remix']), 0);
    expect(ledger.isEarly('k', 'create', 5_000)).toBe(true);
    expect(ledger.isEarly('k', 'remix', 5_000)).toBe(true);
    expect(ledger.isEarly('k', 'retrieve', 5_000)).toBe(false);
  });

  it('keeps the longest wait, without a new grace for those who came too early', () => {
    const ledger = new WaitLedger();
    ledger.told('k', retryAfterSeconds(10, 0, 'any'), 0);
    ledger.told('k', retryAfterSeconds(2, 5_000, 'any'), 5_000);
    expect(ledger.isEarly('k', 'list', 5_001)).toBe(true);
    expect(ledger.isEarly('k', 'list', 9_999)).toBe(true);
  });

  it('gives grace again after a wait that is over', () => {
    const ledger = new WaitLedger();
    ledger.told('k', retryAfterSeconds(1, 0, 'any'), 0);
    ledger.told('k', retryAfterSeconds(1, 2_000, 'any'), 2_000);
    expect(ledger.isEarly('k', 'list', 2_100)).toBe(false);
    expect(ledger.isEarly('k', 'list', 2_500)).toBe(true);
  });
});

describe('retryAfterDate', () => {
  it('rounds up to the whole seconds that an HTTP date can say', () => {
    expect(retryAfterDate(1_500, 'any')).toEqual({
      header: 'Thu, 01 Jan 1970 00:00:02 GMT',
      until: 2_000,
      scope: 'any',
    });
  });
});
