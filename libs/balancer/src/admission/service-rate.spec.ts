import { describe, expect, it } from 'vitest';

import { ServiceRate } from './service-rate.js';

describe('ServiceRate', () => {
  const rateOf = (...times: number[]): ServiceRate => {
    const rate = new ServiceRate();
    for (const at of times) rate.granted(at);
    return rate;
  };

  it('knows nothing from fewer than two', () => {
    expect(rateOf().intervalMs(0)).toBeNull();
    expect(rateOf(5).intervalMs(10)).toBeNull();
  });

  it('is the mean time between grants, and grows while nothing happens', () => {
    const rate = rateOf(0, 100, 200, 300);
    expect(rate.intervalMs(300)).toBe(100);
    expect(rate.intervalMs(400)).toBe(100);
    expect(rate.intervalMs(4_000)).toBe(1_000);
  });

  it('goes by the last ones, and forgets those of ten minutes ago', () => {
    const slow = Array.from({ length: 20 }, (_, index) => index * 1_000);
    const fast = Array.from({ length: 64 }, (_, index) => 20_000 + index * 10);
    expect(rateOf(...slow, ...fast).intervalMs(20_630)).toBe(10);
    expect(rateOf(...slow).intervalMs(700_000)).toBeNull();
  });
});
