import { describe, expect, it } from 'vitest';

import { resolveSettingsOptions } from './settings.options.js';

describe('resolveSettingsOptions', () => {
  it('fills in the defaults, and freezes the whole', () => {
    const options = resolveSettingsOptions({ cacheTtlMs: 5 });
    expect(options).toEqual({ refreshMs: 30_000, cacheTtlMs: 5, cacheStores: [] });
    expect(Object.isFrozen(options)).toBe(true);
  });

  it.each([
    [{ refreshMs: 0 }, 'refreshMs must be an integer >= 1, got 0'],
    [{ cacheTtlMs: 1.5 }, 'cacheTtlMs must be an integer >= 1, got 1.5'],
  ])('refuses %j', (options, message) => {
    expect(() => resolveSettingsOptions(options)).toThrow(new RangeError(message));
  });
});
