import fc from 'fast-check';
import { Random } from 'penstock/kernel';
import { SeededRandom } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { backOffMs } from './back-off.js';

const bounds = { backOffBaseMs: 1_000, backOffMaxMs: 30_000 };

/** Always just below 1, so that a back-off shows its upper bound. */
class Highest extends Random {
  override next(): number {
    return 1 - Number.EPSILON;
  }
}

describe('backOffMs', () => {
  it('doubles its upper bound with every error up to the maximum', () => {
    const bound = [1, 2, 3, 4, 5, 6, 7].map((errors) => Math.round(backOffMs(new Highest(), errors, bounds)));
    expect(bound).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it('stays within its bounds after any number of errors', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 10_000 }), (seed, errors) => {
        const delayMs = backOffMs(new SeededRandom(seed), errors, bounds);
        expect(delayMs).toBeGreaterThanOrEqual(0);
        expect(delayMs).toBeLessThan(Math.min(30_000, 1_000 * 2 ** (errors - 1)));
      }),
    );
  });

  it('has full jitter: low and high delays both come', () => {
    const random = new SeededRandom(1);
    const delays = Array.from({ length: 200 }, () => backOffMs(random, 5, bounds));
    expect(Math.min(...delays)).toBeLessThan(1_600);
    expect(Math.max(...delays)).toBeGreaterThan(14_400);
  });
});
