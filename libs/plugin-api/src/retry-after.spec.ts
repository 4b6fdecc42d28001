import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseRetryAfter, retryAfterOf } from './retry-after.js';

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);

describe('parseRetryAfter', () => {
  it.each([
    ['0', 0],
    ['7', 7000],
    ['1.5', 1500],
    [' 30 ', 30_000],
    ['Sun, 22 Nov 2026 12:00:10 GMT', 10_000],
    ['Sun, 22 Nov 2026 11:00:00 GMT', 0],
    ['99999999999999', 365 * 86_400_000],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 365 * 86_400_000],
  ])('reads %j as %d ms', (value, ms) => {
    expect(parseRetryAfter(value, NOW)).toBe(ms);
  });

  it.each([undefined, '', '  ', '-1', '1e3', '0x10', '2026-11-22', 'soon', 'NaN', 'Infinity', '-Infinity'])(
    'makes nothing of %j',
    (value) => {
      expect(parseRetryAfter(value, NOW)).toBeNull();
    },
  );

  it('gives whole milliseconds of at most a year, or nothing, for any text', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.double().map(String),
      fc.date({ noInvalidDate: true }).map(String),
    );
    fc.assert(
      fc.property(texts, (value) => {
        const ms = parseRetryAfter(value, NOW);
        expect(ms === null || (Number.isSafeInteger(ms) && ms >= 0 && ms <= 365 * 86_400_000)).toBe(true);
      }),
    );
  });

  it('reads back any HTTP date to the second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 365 * 86_400 }), (seconds) => {
        const date = new Date(NOW + seconds * 1000).toUTCString();
        expect(parseRetryAfter(date, NOW)).toBe(seconds * 1000);
      }),
    );
  });
});

describe('retryAfterOf', () => {
  it.each([
    [{}, null],
    [{ 'retry-after': '3' }, 3_000],
    [{ 'retry-after-ms': '250' }, 250],
    [{ 'retry-after-ms': '250', 'retry-after': '3' }, 250],
    [{ 'retry-after-ms': 'soon', 'retry-after': '3' }, 3_000],
    [{ 'retry-after': 'Sun, 22 Nov 2026 12:00:10 GMT' }, 10_000],
    [{ 'retry-after': '3', 'x-ratelimit-reset': '60' }, 3_000],
    [{ 'x-ratelimit-reset': '60' }, 60_000],
    [{ 'x-ratelimit-reset': '60', 'x-ratelimit-remaining': '5' }, null],
    [{ 'x-ratelimit-reset': String(NOW / 1000 + 20), 'x-ratelimit-remaining': '0' }, 20_000],
    [{ 'x-ratelimit-reset': String(NOW + 20_000) }, 20_000],
    [{ 'x-ratelimit-reset': String(NOW / 1000 - 20) }, 0],
    [{ 'x-ratelimit-reset': '2026-11-22T12:00:05Z' }, 5_000],
    [{ 'x-ratelimit-reset': '2026-99-22T12:00:05Z' }, null],
    [{ 'x-ratelimit-reset-requests': '1m30s', 'x-ratelimit-reset-tokens': '250ms' }, 90_000],
    [
      {
        'x-ratelimit-reset-requests': '1m30s',
        'x-ratelimit-remaining-requests': '9',
        'x-ratelimit-reset-tokens': '6.5s',
        'x-ratelimit-remaining-tokens': '0',
      },
      6_500,
    ],
    [{ 'ratelimit-reset': '7', 'ratelimit-remaining': '0' }, 7_000],
    [{ ratelimit: 'limit=100, remaining=0, reset=9' }, 9_000],
    [{ ratelimit: '"default";r=0;t=9' }, 9_000],
    [{ ratelimit: '"a, b";r=3;t=90, "c";r=0;t=4' }, 4_000],
    [{ ratelimit: '"a";r=3;t=90' }, null],
    [{ ratelimit: 'nonsense', 'x-ratelimit-reset': 'soon' }, null],
  ])('reads %j as %j', (headers, ms) => {
    expect(retryAfterOf(headers, NOW)).toBe(ms);
  });

  it('gives whole milliseconds of at most a year, or nothing, for any headers', () => {
    const name = fc.constantFrom(
      'retry-after-ms',
      'retry-after',
      'ratelimit',
      'ratelimit-reset',
      'x-ratelimit-reset',
    );
    const value = fc.oneof(
      fc.string(),
      fc.double().map(String),
      fc.bigInt().map(String),
      fc.stringMatching(/^"q";r=\d+;t=\d+$/),
      fc.stringMatching(/^(\d+(ms|[dhms])){1,3}$/),
    );
    fc.assert(
      fc.property(fc.dictionary(name, value), (headers) => {
        const ms = retryAfterOf(headers, NOW);
        expect(ms === null || (Number.isSafeInteger(ms) && ms >= 0 && ms <= 365 * 86_400_000)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
