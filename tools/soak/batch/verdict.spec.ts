import { describe, expect, it } from 'vitest';

import type { CallRecord } from '../../upstream-simulator/core/call-ring.js';
import { planTokens } from './plan.js';
import { breachesOf, type Evidence } from './verdict.js';

const plan = planTokens(100);
const RESULT = { none: 'valid', slow: 'valid', dead: 'invalid', limited: 'token_unanswered' };
const STATE = { none: 'ready', slow: 'ready', dead: 'disabled', limited: 'cooling' };
const call = (secret: string, at: number, ms = 200): CallRecord => ({
  secret,
  at,
  answeredAt: at + ms,
  status: 200,
  operation: 'models',
  jobId: null,
  fault: null,
  violations: [],
});

/** A run as it should be: a test every 100 ms, two of them at once. */
const GOOD: Evidence = {
  plan,
  concurrency: 2,
  intervalMs: 100,
  batch: {
    state: 'completed',
    counts: { total: 100 },
    results: { valid: 85, invalid: 10, token_unanswered: 5 },
    changes: { disabled: 10 },
  },
  items: plan.map(({ secret, trouble }) => ({ tokenId: `tok_${secret}`, result: RESULT[trouble] })),
  tokens: plan.map(({ secret, trouble }) => ({ id: `tok_${secret}`, label: secret, state: STATE[trouble] })),
  calls: plan.map(({ secret }, index) => call(secret, index * 100)),
};

describe('breachesOf', () => {
  it('finds none in a good run, nor in what the probe does after it', () => {
    const probed = [...GOOD.calls, ...GOOD.calls.map(({ secret }) => call(secret, 9_900))];
    expect([breachesOf(GOOD), breachesOf({ ...GOOD, calls: probed })]).toEqual([[], []]);
  });

  it.each<readonly [string, Partial<Evidence>]>([
    [
      'sk-soak-00004 was found valid, upstream it is invalid',
      { items: GOOD.items.map((item) => ({ ...item, result: 'valid' })) },
    ],
    ['sk-soak-00001 was found unknown, upstream it is valid', { items: GOOD.items.slice(1) }],
    ['1 results too many', { items: [...GOOD.items, ...GOOD.items.slice(0, 1)] }],
    [
      'sk-soak-00008 ended as ready, upstream it is cooling',
      { tokens: GOOD.tokens.map((token) => ({ ...token, state: 'ready' })) },
    ],
    [
      'the report says 90 valid, the truth is 85',
      { batch: { ...GOOD.batch, results: { ...GOOD.batch.results, valid: 90 } } },
    ],
    ['the report says 0 disabled, the truth is 10', { batch: { ...GOOD.batch, changes: {} } }],
    ['the batch is stopped', { batch: { ...GOOD.batch, state: 'stopped' } }],
    ['99 of 100 tokens were asked', { calls: GOOD.calls.slice(1) }],
    [
      '3 were asked at once, at most 2 may be',
      { calls: plan.map(({ secret }, n) => call(secret, n * 100, 201)) },
    ],
    [
      '10 tests began within 360 ms, 100 ms apart',
      { calls: plan.map(({ secret }, n) => call(secret, n < 10 ? n * 40 : n * 100, 1)) },
    ],
    [
      '100 tests began within 7920 ms, 100 ms apart',
      { calls: plan.map(({ secret }, n) => call(secret, n * 80, 1)) },
    ],
  ])('finds that %s', (breach, changes) => {
    expect(breachesOf({ ...GOOD, ...changes })).toContain(breach);
  });
});
