import fc from 'fast-check';
import { SeededRandom } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { after, backoffMs, NO_HISTORY } from './retry-policy.js';

const transient = { kind: 'transient', retryAfterMs: null } as const;

describe('the history of submissions', () => {
  it('counts failures and remembers who failed', () => {
    const history = after(after(NO_HISTORY, 'a', transient), 'b', { kind: 'unauthorized' });
    expect(history).toEqual({ failures: 2, failedTokens: new Set(['a', 'b']), asked: null });
  });

  it.each([
    { kind: 'rate_limited', retryAfterMs: 1 } as const,
    { kind: 'quota_exhausted', resetsAt: null } as const,
  ])('does not count $kind, which only asks for patience', (failure) => {
    expect(after(NO_HISTORY, 'a', failure)).toBe(NO_HISTORY);
  });

  it('tries other tokens first after a challenge of the edge, which does not count', () => {
    const challenge = { kind: 'edge_challenge', retryAfterMs: null } as const;
    expect(after(NO_HISTORY, 'a', challenge)).toEqual({ ...NO_HISTORY, failedTokens: new Set(['a']) });
    const asked = { at: 7, order: 1 };
    expect(after({ ...NO_HISTORY, asked }, 'a', challenge).asked).toBe(asked);
  });

  it('leaves the history before as it was', () => {
    after(NO_HISTORY, 'a', transient);
    expect(NO_HISTORY).toEqual({ failures: 0, failedTokens: new Set(), asked: null });
  });
});

describe('backoffMs', () => {
  it('stays between 0 and the doubled pause, at most 30 s', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 1, max: 5_000 }),
        fc.nat(),
        (failures, firstMs, seed) => {
          const pause = backoffMs(failures, firstMs, new SeededRandom(seed));
          expect(pause).toBeGreaterThanOrEqual(0);
          expect(pause).toBeLessThan(
            Math.min(30_000, firstMs * 2 ** Math.max(0, failures - 1)) + Number.EPSILON,
          );
        },
      ),
    );
  });

  it('spreads over the whole of it', () => {
    const random = new SeededRandom(1);
    const pauses = Array.from({ length: 1_000 }, () => backoffMs(3, 1_000, random));
    expect(Math.min(...pauses)).toBeLessThan(200);
    expect(Math.max(...pauses)).toBeGreaterThan(3_800);
  });
});
