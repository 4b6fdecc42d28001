import { describe, expect, it } from 'vitest';

import type { KeyLimits } from '../../auth/index.js';
import { refusalOf, standingOf } from './key-standing.js';
import { KeyUse } from './key-use.js';
import { durationOf, headersOf } from './rate-limit-headers.js';

const NONE: KeyLimits = { perMinute: null, perDay: null, concurrent: null };
const now = Date.parse('2026-03-01T23:00:00Z');
const day = '2026-03-01';

function usedBy(count: number): KeyUse {
  const use = new KeyUse(day, 0);
  for (let n = 0; n < count; n += 1) use.take({ id: String(n), day }, n * 1_000);
  return use;
}

describe('how a key stands', () => {
  it('refuses by each limit, and says when to ask again', () => {
    const use = usedBy(3);
    const when = { now, at: 10_000 };
    const refusal = (limits: Partial<KeyLimits>) => refusalOf({ ...NONE, ...limits }, use, when);
    expect(refusal({})).toBeNull();
    expect(refusal({ perMinute: 4, perDay: 4, concurrent: 4 })).toBeNull();
    expect(refusal({ perMinute: 3 })).toMatchObject({ code: 'rate_limit_exceeded', retryAfterMs: 50_000 });
    expect(refusal({ perMinute: 2 })).toMatchObject({ code: 'rate_limit_exceeded', retryAfterMs: 51_000 });
    expect(refusal({ perDay: 3 })).toMatchObject({ code: 'daily_limit_exceeded', retryAfterMs: 3_600_000 });
    expect(refusal({ concurrent: 3 })).toMatchObject({
      code: 'concurrency_limit_exceeded',
      category: 'rate_limited',
      retryAfterMs: 5_000,
    });
    expect(refusal({ perMinute: 1, perDay: 1, concurrent: 1 })?.code).toBe('daily_limit_exceeded');
    expect(refusal({ perMinute: 1, concurrent: 1 })?.code).toBe('concurrency_limit_exceeded');
  });

  it('lets through again exactly when it said', () => {
    const use = usedBy(3);
    const limits = { ...NONE, perMinute: 3 };
    expect(refusalOf(limits, use, { now, at: 59_999 })).not.toBeNull();
    expect(refusalOf(limits, use, { now, at: 60_000 })).toBeNull();
    expect(refusalOf({ ...NONE, perDay: 3 }, use, { now: now + 3_599_999, at: 0 })).not.toBeNull();
    expect(refusalOf({ ...NONE, perDay: 3 }, use, { now: now + 3_600_000, at: 0 })).toBeNull();
  });

  it('is told in headers: of minute and day the one of which less is left', () => {
    const use = usedBy(3);
    const headers = (limits: Partial<KeyLimits>) =>
      headersOf(standingOf({ ...NONE, ...limits }, use, { now, at: 10_000 }));
    expect(headers({})).toEqual({});
    expect(headers({ perMinute: 5, perDay: 100, concurrent: 2 })).toEqual({
      'x-ratelimit-limit-requests': '5',
      'x-ratelimit-remaining-requests': '2',
      'x-ratelimit-reset-requests': '52s',
      'x-ratelimit-limit-concurrent': '2',
      'x-ratelimit-remaining-concurrent': '0',
    });
    expect(headers({ perMinute: 50, perDay: 10 })).toEqual({
      'x-ratelimit-limit-requests': '10',
      'x-ratelimit-remaining-requests': '7',
      'x-ratelimit-reset-requests': '1h0m0s',
    });
  });

  it.each([
    [0, '0ms'],
    [120.2, '121ms'],
    [1_000, '1s'],
    [59_001, '1m0s'],
    [360_000, '6m0s'],
    [86_400_000, '24h0m0s'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(durationOf(ms)).toBe(text);
  });
});
