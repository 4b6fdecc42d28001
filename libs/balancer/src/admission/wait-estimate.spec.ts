import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { waitEstimateMs } from './wait-estimate.js';

describe('waitEstimateMs', () => {
  it('is one interval for each place where nobody overtakes', () => {
    expect(waitEstimateMs(3, 2_000, [])).toBe(6_000);
    expect(waitEstimateMs(3, 2_000, [{ perMs: 1, forMs: -5 }])).toBe(6_000);
    expect(waitEstimateMs(3, 2_000, [{ perMs: 0, forMs: 5 }])).toBe(6_000);
  });

  it('is longer by those who come and go first', () => {
    // Of two that are served, one came later.
    expect(waitEstimateMs(3, 1_000, [{ perMs: 1 / 2_000, forMs: 60_000 }])).toBeCloseTo(6_000);
  });

  it('counts those of a flood as long as they may go first, and no longer', () => {
    expect(waitEstimateMs(3, 1_000, [{ perMs: 1 / 100, forMs: 60_000 }])).toBeCloseTo(603_000);
  });

  const overtakers = fc.array(
    fc.record({
      perMs: fc.double({ min: 0, max: 2, noNaN: true }),
      forMs: fc.double({ min: -1_000, max: 600_000, noNaN: true }),
    }),
    { maxLength: 4 },
  );

  it('is the time in which as many are served as are and get ahead', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.integer({ min: 1, max: 60_000 }),
        overtakers,
        (...[position, intervalMs, all]) => {
          const waitMs = waitEstimateMs(position, intervalMs, all);
          const ahead = all.reduce(
            (sum, { perMs, forMs }) => sum + perMs * Math.max(0, Math.min(waitMs, forMs)),
            position,
          );
          expect(waitMs / (ahead * intervalMs)).toBeCloseTo(1, 6);
        },
      ),
    );
  });
});
