import fc from 'fast-check';
import { aToken } from 'penstock/token-cache/testing';
import { expect, it } from 'vitest';

import { nextChangeOf, standingOf } from './standing.js';

const time = fc.option(fc.integer({ min: 0, max: 20 }), { nil: null });
const anyToken = fc
  .record({
    enabled: fc.boolean(),
    expiresAt: time,
    coolingUntil: time,
    quotaRemaining: fc.constantFrom(null, 0, 5),
    quotaResetsAt: time,
  })
  .map((changes) => aToken(changes));

it('changes by time alone only when it says so', () => {
  fc.assert(
    fc.property(
      anyToken,
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: -1, max: 20 }),
      (token, now, freeAt) => {
        const next = nextChangeOf(token, now, freeAt);
        expect(next).toBeGreaterThan(now);
        const { standing } = standingOf(token, now, { freeAt, edgeUntil: null });
        for (let later = now; later < Math.min(next, 25); later++) {
          expect(standingOf(token, later, { freeAt, edgeUntil: null }).standing).toBe(standing);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});
