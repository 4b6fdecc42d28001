import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { WaitHistogram } from './wait-histogram.js';

const histogramOf = (...waits: readonly number[]): WaitHistogram => {
  const histogram = new WaitHistogram();
  for (const wait of waits) histogram.observe(wait);
  return histogram;
};

describe('WaitHistogram', () => {
  it('knows nothing of nothing', () => {
    const stats = histogramOf().stats();
    expect(stats).toMatchObject({ count: 0, sumMs: 0, maxMs: 0, p50Ms: null, p99Ms: null });
    expect(stats.buckets.every(({ count }) => count === 0)).toBe(true);
  });

  it('counts those who did not wait, and each wait once', () => {
    const { buckets, ...stats } = histogramOf(0, 0, 0.5, 1, 7, 40_000).stats();
    expect(stats).toMatchObject({ count: 6, sumMs: 40_008.5, maxMs: 40_000 });
    expect(buckets.filter(({ count }) => count > 0)).toEqual([
      { leMs: 0, count: 2 },
      { leMs: 1, count: 2 },
      { leMs: 10, count: 1 },
      { leMs: null, count: 1 },
    ]);
  });

  it('estimates quantiles inside of their bucket', () => {
    const waits = Array.from({ length: 100 }, (_, index) => (index < 90 ? 0 : 60 + index - 90));
    const { p50Ms, p99Ms } = histogramOf(...waits).stats();
    expect(p50Ms).toBe(0);
    expect(p99Ms).toBeGreaterThan(50);
    expect(p99Ms).toBeLessThanOrEqual(69);
  });

  it('has every wait in the right bucket, and quantiles between the bounds of theirs', () => {
    const wait = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 100_000, noNaN: true }));
    fc.assert(
      fc.property(fc.array(wait, { minLength: 1, maxLength: 60 }), (waits) => {
        const stats = histogramOf(...waits).stats();
        let low = -1;
        for (const { leMs, count } of stats.buckets) {
          const high = leMs ?? Infinity;
          expect(count).toBe(waits.filter((ms) => ms > low && ms <= high).length);
          low = high;
        }
        const sorted = waits.toSorted((a, b) => a - b);
        const median = sorted[Math.ceil(waits.length / 2) - 1] ?? 0;
        const bucket = stats.buckets.findIndex(({ leMs }) => median <= (leMs ?? Infinity));
        expect(stats.p50Ms).toBeGreaterThanOrEqual(stats.buckets[bucket - 1]?.leMs ?? 0);
        expect(stats.p50Ms).toBeLessThanOrEqual(stats.buckets[bucket]?.leMs ?? stats.maxMs);
        expect(stats.p50Ms).toBeLessThanOrEqual(stats.p99Ms ?? 0);
        expect(stats.p99Ms).toBeLessThanOrEqual(stats.maxMs);
      }),
    );
  });
});
