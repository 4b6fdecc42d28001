import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { JsonValue } from 'penstock/kernel';

import { classifyAnswer } from './classify-answer.js';

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);

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

  it('sees a page of Cloudflare only in what came through it, and never in JSON', () => {
    const through = { 'cf-ray': '8f00-FRA' };
    for (const page of [
      '<title>Just a moment...</title>',
      '<script src="/cdn-cgi/challenge-platform/x.js">',
      'error code: 1020',
    ]) {
      expect(classify(403, page, through).kind).toBe('edge_challenge');
      expect(classify(429, page, { server: 'cloudflare' }).kind).toBe('edge_challenge');
      expect(classify(403, page).kind).toBe('invalid_request');
      expect(classify(500, page, through).kind).toBe('ambiguous');
      expect(classify(403, { error: page }, through).kind).toBe('invalid_request');
    }
    expect(classify(403, 'Forbidden', through).kind).toBe('invalid_request');
    expect(classify(429, 'error code: 2020', through).kind).toBe('rate_limited');
    expect(classify(403, { cloudflare_error: true, error_code: 1015 }, through).kind).toBe('edge_challenge');
    expect(classify(403, '', { 'cf-mitigated': 'block' }).kind).toBe('edge_challenge');
    expect(classify(403, '', { 'cf-mitigated': 'other' }).kind).toBe('invalid_request');
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
