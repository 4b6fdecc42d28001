import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { JsonValue } from 'penstock/kernel';

import { classifyAnswer, parseRetryAfter } from './classify-answer.js';

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

const classify = (status: number, body: JsonValue = '', headers: Readonly<Record<string, string>> = {}) =>
  classifyAnswer({ status, headers, body }, NOW);

describe('classifyAnswer', () => {
  it.each([
    [400, { kind: 'invalid_request', param: null }],
    [401, { kind: 'unauthorized' }],
    [402, { kind: 'quota_exhausted', resetsAt: null }],
    [403, { kind: 'invalid_request', param: null }],
    [404, { kind: 'invalid_request', param: null }],
    [408, { kind: 'transient', retryAfterMs: null }],
    [422, { kind: 'invalid_request', param: null }],
    [425, { kind: 'transient', retryAfterMs: null }],
    [429, { kind: 'rate_limited', retryAfterMs: null }],
    [503, { kind: 'transient', retryAfterMs: null }],
  ])('reads %d', (status, failure) => {
    expect(classify(status)).toEqual(failure);
  });

  it.each([500, 502, 504, 520, 529, 599])('trusts %d only with a JSON body', (status) => {
    expect(classify(status, { error: 'x' }).kind).toBe('transient');
    expect(classify(status, []).kind).toBe('transient');
    expect(classify(status, null).kind).toBe('ambiguous');
    expect(classify(status, '<html>').kind).toBe('ambiguous');
    expect(classify(status, 42).kind).toBe('ambiguous');
  });

  it.each([403, 429, 503])('sees a challenge of the edge before the status %d', (status) => {
    const headers = { 'cf-mitigated': 'challenge', 'retry-after': '4' };
    expect(classify(status, '<html>', headers)).toEqual({ kind: 'edge_challenge', retryAfterMs: 4000 });
  });

  it.each([429, 503, 500])('hands on the wait that %d asks for', (status) => {
    expect(classify(status, {}, { 'retry-after': '9' })).toHaveProperty('retryAfterMs', 9000);
  });

  it('never says that a 5xx is the request’s or the credential’s fault', () => {
    fc.assert(
      fc.property(fc.integer({ min: 500, max: 599 }), fc.jsonValue(), (status, body) => {
        expect(['transient', 'ambiguous']).toContain(classify(status, body as JsonValue).kind);
      }),
    );
  });

  it('never calls a 4xx ambiguous', () => {
    fc.assert(
      fc.property(fc.integer({ min: 400, max: 499 }), fc.jsonValue(), (status, body) => {
        expect(classify(status, body as JsonValue).kind).not.toBe('ambiguous');
      }),
    );
  });
});
