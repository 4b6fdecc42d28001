import fc from 'fast-check';
import type { ProviderFailure, Quota } from 'penstock/plugin-api';
import { aToken } from 'penstock/token-cache/testing';
import { describe, expect, it } from 'vitest';

import {
  CLEARED_HEALTH,
  healthAfter,
  healthAfterQuota,
  isOfToken,
  isRecovering,
  markAfter,
  MAX_CONSECUTIVE_ERRORS,
  type HealthColumns,
  type TokenOutcome,
} from './token-health.policy.js';

const NOW = 1_700_000_000_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const healthy = CLEARED_HEALTH;
const after = (outcome: TokenOutcome, token: Partial<HealthColumns> = {}) =>
  healthAfter({ ...healthy, ...token }, outcome, NOW);

const wait = fc.option(fc.integer({ min: 0, max: 10 * HOUR }), { nil: null });
const failures: fc.Arbitrary<ProviderFailure> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('rate_limited' as const, 'edge_challenge' as const, 'transient' as const),
    retryAfterMs: wait,
  }),
  fc.record({
    kind: fc.constant('quota_exhausted' as const),
    resetsAt: fc.option(fc.integer({ min: 0, max: 2 * NOW }), { nil: null }),
  }),
  fc.record({ kind: fc.constant('invalid_request' as const), param: fc.constant(null) }),
  fc.record({
    kind: fc.constantFrom('unauthorized' as const, 'content_policy' as const, 'ambiguous' as const),
  }),
);
const outcomes: fc.Arbitrary<TokenOutcome> = fc.oneof(fc.constant({ kind: 'success' as const }), failures);

describe('healthAfterQuota', () => {
  const used = { remaining: 0, resetsAt: NOW + 10 * MINUTE };
  const left = { remaining: 1, resetsAt: NOW + 10 * MINUTE };
  const guess = { coolingUntil: NOW + HOUR, coolingReason: 'Its quota is used up.' };
  const rate = { coolingUntil: NOW + HOUR, coolingReason: 'The upstream limits its rate.' };

  it.each<readonly [string, Quota, Partial<HealthColumns>, Partial<HealthColumns> | null]>([
    ['cools until the reset', used, {}, { ...guess, coolingUntil: used.resetsAt }],
    ['cools an hour without one', { ...used, resetsAt: null }, {}, guess],
    ['makes a guess right', used, guess, { ...guess, coolingUntil: used.resetsAt }],
    ['makes a guess no worse', { ...used, resetsAt: null }, { ...guess, coolingUntil: NOW + 2 * HOUR }, null],
    ['ends no cooldown where some is left, which may be too little', left, guess, null],
    ['ends none where it tells of no limit', { remaining: null, resetsAt: null }, guess, null],
    [
      'begins anew what is over',
      used,
      { ...guess, coolingUntil: NOW },
      { ...guess, coolingUntil: used.resetsAt },
    ],
    ['does not shorten other cooldowns', used, rate, null],
    ['leaves a token that is off', used, { enabled: false }, null],
  ])('%s', (_, quota, token, change) => {
    expect(healthAfterQuota({ ...healthy, ...token }, quota, NOW)).toEqual(change);
  });
});

describe('markAfter', () => {
  it('says of a token what the row will say, as far as the row must not be known for that', () => {
    fc.assert(
      fc.property(
        outcomes,
        fc.boolean(),
        fc.option(fc.integer({ min: 0, max: 2 * NOW })),
        (outcome, ...[enabled, until]) => {
          const token = aToken({ enabled, coolingUntil: until });
          const committed = healthAfter({ ...healthy, enabled, coolingUntil: until }, outcome, NOW) ?? {};
          const isMarked = ['rate_limited', 'quota_exhausted', 'unauthorized'].includes(outcome.kind);
          const mark = markAfter(outcome, NOW);
          expect(mark !== null).toBe(isMarked);
          if (mark === null) return;
          const { disabledBy, ...shown } = { disabledBy: 'machine', ...committed };
          expect(disabledBy).toBe('machine');
          expect(mark(token) ?? {}).toEqual(shown);
        },
      ),
    );
  });
});

describe('healthAfter', () => {
  it.each<[TokenOutcome, number]>([
    [{ kind: 'rate_limited', retryAfterMs: null }, MINUTE],
    [{ kind: 'rate_limited', retryAfterMs: 9_000 }, 9_000],
    [{ kind: 'rate_limited', retryAfterMs: 0 }, 1_000],
    [{ kind: 'rate_limited', retryAfterMs: 5 * HOUR }, HOUR],
    [{ kind: 'quota_exhausted', resetsAt: null }, HOUR],
    [{ kind: 'quota_exhausted', resetsAt: NOW + 7 * HOUR }, 7 * HOUR],
    [{ kind: 'quota_exhausted', resetsAt: NOW - HOUR }, MINUTE],
    [{ kind: 'quota_exhausted', resetsAt: NOW }, MINUTE],
    [{ kind: 'quota_exhausted', resetsAt: NOW + 30_000 }, 30_000],
    [{ kind: 'quota_exhausted', resetsAt: NOW + 1 }, 1_000],
    [{ kind: 'quota_exhausted', resetsAt: NOW + 1_000 * 24 * HOUR }, 31 * 24 * HOUR],
  ])('cools after %j for %i ms', (outcome, ms) => {
    expect(after(outcome)).toEqual({
      coolingUntil: NOW + ms,
      coolingReason: expect.stringMatching(/\.$/) as string,
    });
  });

  it('holds a challenge of the edge against no token: it is kept for the origin', () => {
    expect(after({ kind: 'edge_challenge', retryAfterMs: 20 * MINUTE })).toBeNull();
  });

  it.each<TokenOutcome>([
    { kind: 'transient', retryAfterMs: null, of: 'proxy' },
    { kind: 'ambiguous', of: 'proxy' },
  ])('holds %j against no token', (outcome) => {
    expect(after(outcome, { consecutiveErrors: 2 })).toBeNull();
    expect(isOfToken(outcome)).toBe(false);
  });

  it('turns a token off whose credential is refused', () => {
    expect(after({ kind: 'unauthorized' })).toEqual({
      enabled: false,
      disabledBy: 'machine',
      disabledReason: 'The upstream does not accept the credential.',
    });
  });

  it('turns a token off at the third error in a row', () => {
    const error: TokenOutcome = { kind: 'transient', retryAfterMs: null };
    expect(after(error)).toEqual({ consecutiveErrors: 1 });
    expect(after(error, { consecutiveErrors: 1 })).toEqual({ consecutiveErrors: 2 });
    expect(after(error, { consecutiveErrors: 2 })).toEqual({
      consecutiveErrors: 3,
      enabled: false,
      disabledBy: 'machine',
      disabledReason: '3 errors in a row, the last one transient.',
    });
  });

  it('forgets errors at a success, and says nothing where there are none', () => {
    expect(after({ kind: 'success' }, { consecutiveErrors: 2 })).toEqual({ consecutiveErrors: 0 });
    expect(after({ kind: 'success' })).toBeNull();
  });

  it.each<TokenOutcome>([{ kind: 'content_policy' }, { kind: 'invalid_request', param: null }])(
    'blames the request, not the token, for %j',
    (outcome) => {
      expect(after(outcome, { consecutiveErrors: 2 })).toBeNull();
    },
  );

  it('leaves a token alone that is off, whoever turned it off', () => {
    fc.assert(
      fc.property(
        outcomes,
        fc.constantFrom('operator' as const, 'machine' as const),
        (outcome, disabledBy) => {
          expect(after(outcome, { enabled: false, disabledBy, disabledReason: 'x' })).toBeNull();
        },
      ),
    );
  });

  it('never turns a token on, and never makes a cooldown shorter', () => {
    fc.assert(
      fc.property(outcomes, fc.integer({ min: 0, max: 2 * HOUR }), (outcome, cooling) => {
        const patch = after(outcome, { coolingUntil: NOW + cooling }) ?? {};
        expect(patch.enabled).not.toBe(true);
        expect(patch.coolingUntil ?? Infinity).toBeGreaterThan(NOW + cooling);
      }),
    );
  });

  it.each<[string, Partial<HealthColumns>, boolean]>([
    [
      'by errors in a row',
      after({ kind: 'transient', retryAfterMs: null }, { consecutiveErrors: 2 }) ?? {},
      true,
    ],
    ['by a refused credential', after({ kind: 'unauthorized' }, { consecutiveErrors: 2 }) ?? {}, false],
    ['by a person', { enabled: false, disabledBy: 'operator', consecutiveErrors: 3 }, false],
    ['not at all', { consecutiveErrors: 3 }, false],
  ])('tells whether a token that is off comes back by itself: off %s', (_, health, expected) => {
    expect(isRecovering({ ...healthy, ...health })).toBe(expected);
  });

  it('turns off after any run of outcomes exactly when it has to', () => {
    fc.assert(
      fc.property(fc.array(outcomes, { maxLength: 30 }), (run) => {
        let token: HealthColumns = healthy;
        let inARow = 0;
        let off = false;
        for (const outcome of run) {
          token = { ...token, ...healthAfter(token, outcome, NOW) };
          if (outcome.kind === 'success') inARow = 0;
          if (outcome.kind === 'transient' || outcome.kind === 'ambiguous') inARow += 1;
          off ||= outcome.kind === 'unauthorized' || inARow >= MAX_CONSECUTIVE_ERRORS;
        }
        expect(token.enabled).toBe(!off);
        expect(token.disabledReason === null).toBe(!off);
      }),
    );
  });
});
