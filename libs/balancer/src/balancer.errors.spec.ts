import { describe, expect, it } from 'vitest';

import { aLeaseRequest } from '../testing/index.js';
import { BalancerError } from './balancer.errors.js';
import type { TokenVerdict, Verdict } from './verdict.js';

const verdicts = (...all: Verdict[]): TokenVerdict[] =>
  all.map((verdict, index) => ({ tokenId: `token-${index}`, verdict, detail: '', until: null }));

describe('BalancerError', () => {
  it.each([
    [{ providers: [] }, verdicts(), 'no provider offers it'],
    [{ providers: ['acme', 'other'] }, verdicts(), 'there is no token of acme, other'],
    [{}, verdicts('disabled', 'expired', 'disabled'), '2 disabled, 1 expired'],
    [
      { tokenId: 'x' },
      verdicts('not_pinned', 'not_pinned'),
      'token x is gone or belongs to another provider',
    ],
    [{ tokenId: 'x' }, verdicts('not_pinned', 'disabled'), '1 disabled'],
  ])('says why no token can serve %o', (request, why, reason) => {
    expect(BalancerError.noUsableToken(aLeaseRequest(request), why)).toMatchObject({
      code: 'no_usable_token',
      category: 'unavailable',
      message: `No token can serve acme-1: ${reason}.`,
    });
  });

  it('says when to come back to a full queue', () => {
    expect(BalancerError.queueFull(10, 'low', 5_000)).toMatchObject({
      code: 'queue_full',
      category: 'rate_limited',
      retryAfterMs: 5_000,
      message: 'All 10 places of the queue for the priority "low" are taken. Try again later.',
    });
  });
});
