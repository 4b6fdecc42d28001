import { describe, expect, it } from 'vitest';

import { NO_BOUND } from './lease.js';
import { boundOf, limitOf, resolveBalancerLimits, tokenLimitOf } from './limits.js';

describe('limitOf', () => {
  it.each([
    [{}, Infinity],
    [{ video: -1 }, Infinity],
    [{ image: 1 }, Infinity],
    [{ video: 0 }, 0],
    [{ video: 3 }, 3],
  ])('reads %o as %s for videos', (limits, limit) => {
    expect(limitOf(limits, 'video')).toBe(limit);
  });

  it('is not fooled by kinds that are named like methods of objects', () => {
    expect(limitOf({}, 'constructor')).toBe(Infinity);
  });
});

describe('tokenLimitOf', () => {
  it.each([
    [{ video: 3 }, null, 3],
    [{ video: 3 }, 2, 2],
    [{ video: 3 }, 8, 3],
    [{ video: -1 }, 4, 4],
    [{}, 1, 1],
    [{}, null, Infinity],
    [{ video: 0 }, 1, 0],
  ])('of %o with a ramp at %s is %s', (limits, rampLimit, limit) => {
    expect(tokenLimitOf({ limits, rampLimit }, 'video')).toBe(limit);
  });
});

describe('boundOf', () => {
  const groups = { org: { limits: { video: 3, image: -1 }, requestsPerMinute: 60 }, plain: {} };

  it('is what was set for the name and kind, and none elsewhere', () => {
    expect(boundOf(groups, 'org', 'video')).toEqual({ atOnce: 3, perMinute: 60 });
    expect(boundOf(groups, 'org', 'image')).toEqual({ atOnce: Infinity, perMinute: 60 });
    for (const name of ['plain', 'other', 'constructor', null]) {
      expect(boundOf(groups, name, 'video')).toEqual(NO_BOUND);
    }
    expect(boundOf(undefined, 'org', 'video')).toBe(NO_BOUND);
  });
});

describe('resolveBalancerLimits', () => {
  it('keeps a copy of what is sound', () => {
    const limits = { video: 1 };
    const resolved = resolveBalancerLimits({ providers: { acme: { limits } } });
    limits.video = 2;
    expect(resolved).toEqual({ groups: {}, providers: { acme: { limits: { video: 1 } } } });
  });

  it.each([
    [
      { groups: { org: { requestsPerMinute: 0 } } },
      'limits.groups.org.requestsPerMinute must be an integer >= 1, got 0',
    ],
    [
      { providers: { acme: { limits: { video: 1.5 } } } },
      'limits.providers.acme.limits.video must be an integer >= 1, or -1 for none, got 1.5',
    ],
  ])('refuses %o', (limits, message) => {
    expect(() => resolveBalancerLimits(limits)).toThrow(new RangeError(message));
  });
});
