import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { ProgressShape } from './behaviour.js';
import { progressAt } from './progress.js';

const SHAPES: readonly ProgressShape[] = [
  'linear',
  'stuck-at-zero',
  'jumping',
  'sits-at-95',
  'stalls',
  { steps: 1 },
  { steps: 30 },
  { steps: 100 },
];

const fraction = fc.double({ min: 0, max: 1, noNaN: true });
const noise = fc.double({ min: 0, max: 0.999, noNaN: true });

describe('progressAt', () => {
  it.each(SHAPES)('is an integer from 0 to 99 that never goes back (%j)', (shape) => {
    fc.assert(
      fc.property(fraction, fraction, noise, (a, b, own) => {
        const earlier = progressAt(shape, Math.min(a, b), own);
        const later = progressAt(shape, Math.max(a, b), own);
        expect(earlier).toBeGreaterThanOrEqual(0);
        expect(later).toBeLessThanOrEqual(99);
        expect(Number.isInteger(later)).toBe(true);
        expect(later).toBeGreaterThanOrEqual(earlier);
      }),
    );
  });

  it('grows evenly when linear, up to 99', () => {
    expect([0, 0.25, 0.5, 0.999, 1].map((at) => progressAt('linear', at, 0))).toEqual([0, 25, 50, 99, 99]);
  });

  it('moves in whole steps', () => {
    const seen = [0, 0.24, 0.25, 0.49, 0.5, 0.75, 1].map((at) => progressAt({ steps: 25 }, at, 0));
    expect(seen).toEqual([0, 0, 25, 25, 50, 75, 99]);
  });

  it('says nothing when stuck at zero', () => {
    expect(progressAt('stuck-at-zero', 1, 0.5)).toBe(0);
  });

  it('reaches 95 early and sits there', () => {
    expect([0.3, 0.6, 0.8, 1].map((at) => progressAt('sits-at-95', at, 0))).toEqual([47, 95, 95, 95]);
  });

  it('stalls between 30 and 70 %, each job at its own place', () => {
    expect(progressAt('stalls', 0.2, 0.5)).toBe(20);
    expect([0, 0.5, 0.99].map((own) => progressAt('stalls', 1, own))).toEqual([30, 50, 69]);
  });

  it('jumps a few times, and differently for different jobs', () => {
    const levels = (own: number): Set<number> =>
      new Set(Array.from({ length: 100 }, (_, at) => progressAt('jumping', at / 100, own)));
    expect(levels(0.37).size).toBe(5);
    expect([...levels(0.37)]).not.toEqual([...levels(0.81)]);
  });
});
