import { describe, expect, it } from 'vitest';

import { optimalCost } from './optimal-schedule.js';

const BOUNDS = { minIntervalMs: 500, maxIntervalMs: 10_000 };
const even = Array.from({ length: 2_000 }, (_, index) => 20_000 + 10 * index);
const PRICE_MS = 200;

/** What polls every so often cost, by counting. */
function fixedCost(intervalMs: number): number {
  const costs = even.map((durationMs) => {
    const polls = Math.ceil(durationMs / intervalMs);
    return PRICE_MS * polls + polls * intervalMs - durationMs;
  });
  return costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
}

describe('the optimal schedule', () => {
  it('is better than any fixed interval', () => {
    const { polls, delayMs } = optimalCost(even, PRICE_MS, BOUNDS);
    const best = PRICE_MS * polls + delayMs;
    for (let intervalMs = 500; intervalMs <= 10_000; intervalMs += 250) {
      expect(best).toBeLessThan(fixedCost(intervalMs));
    }
  });

  it('waits as long as it may where nothing ends, and then polls once where all end at once', () => {
    const { polls, delayMs } = optimalCost(
      Array.from({ length: 100 }, () => 25_000),
      PRICE_MS,
      BOUNDS,
    );
    expect(polls).toBeCloseTo(3);
    expect(delayMs).toBeCloseTo(0);
  });

  it('polls less for a higher price', () => {
    const costs = [20, 200, 2_000].map((priceMs) => optimalCost(even, priceMs, BOUNDS));
    expect(costs.map(({ polls }) => polls)).toEqual(
      costs.map(({ polls }) => polls).toSorted((a, b) => b - a),
    );
    expect(costs.map(({ delayMs }) => delayMs)).toEqual(
      costs.map(({ delayMs }) => delayMs).toSorted((a, b) => a - b),
    );
  });
});
