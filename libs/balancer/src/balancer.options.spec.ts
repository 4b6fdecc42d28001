import { describe, expect, it } from 'vitest';

import { resolveBalancerOptions } from './balancer.options.js';

describe('resolveBalancerOptions', () => {
  it('fills in the defaults and freezes', () => {
    const options = resolveBalancerOptions();
    expect(options).toEqual({
      maxWaiting: 10_000,
      priorityHeadStartMs: 300_000,
      fullRetryAfterMs: 5_000,
      sliceSize: 1_000,
      strategies: { default: 'power-of-two-choices', models: {} },
      limits: { groups: {}, providers: {} },
    });
    expect(Object.isFrozen(options)).toBe(true);
  });

  it('takes the smallest values', () => {
    const smallest = { maxWaiting: 1, priorityHeadStartMs: 0, fullRetryAfterMs: 0, sliceSize: 1 };
    expect(resolveBalancerOptions(smallest)).toMatchObject(smallest);
  });

  it.each([
    [{ maxWaiting: 0 }, 'maxWaiting must be an integer >= 1, got 0'],
    [{ maxWaiting: 2.5 }, 'maxWaiting must be an integer >= 1, got 2.5'],
    [{ priorityHeadStartMs: -1 }, 'priorityHeadStartMs must be an integer >= 0, got -1'],
    [{ priorityHeadStartMs: Infinity }, 'priorityHeadStartMs must be an integer >= 0, got Infinity'],
    [{ sliceSize: 0 }, 'sliceSize must be an integer >= 1, got 0'],
    [{ fullRetryAfterMs: -1 }, 'fullRetryAfterMs must be an integer >= 0, got -1'],
    [
      { limits: { groups: { org: { limits: { video: 0 } } } } },
      'limits.groups.org.limits.video must be an integer >= 1, or -1 for none, got 0',
    ],
    [{ fullRetryAfterMs: NaN }, 'fullRetryAfterMs must be an integer >= 0, got NaN'],
  ])('refuses %o', (options, message) => {
    expect(() => resolveBalancerOptions(options)).toThrow(new RangeError(message));
  });
});
