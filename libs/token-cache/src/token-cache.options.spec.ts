import { describe, expect, it } from 'vitest';

import { resolveTokenCacheOptions } from './token-cache.options.js';

describe('resolveTokenCacheOptions', () => {
  it('fills in the default and freezes', () => {
    const options = resolveTokenCacheOptions();
    expect(options).toEqual({ ttlMs: 30_000 });
    expect(Object.isFrozen(options)).toBe(true);
  });

  it('keeps what was given', () => {
    expect(resolveTokenCacheOptions({ ttlMs: 1 })).toEqual({ ttlMs: 1 });
  });

  it.each([0, -1, 1.5, NaN, Infinity])('refuses a ttlMs of %s', (ttlMs) => {
    expect(() => resolveTokenCacheOptions({ ttlMs })).toThrow(
      new RangeError(`ttlMs must be an integer >= 1, got ${ttlMs}`),
    );
  });
});
