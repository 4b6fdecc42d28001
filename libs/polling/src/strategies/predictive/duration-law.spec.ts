import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { BINS, cdfOf, durationAt, positionOf, quantileMs, shareBelow } from './duration-bins.js';
import { DurationLaw } from './duration-law.js';
import { priorLaw } from './prior-law.js';

const PRIOR = priorLaw();
const aLaw = (): DurationLaw => DurationLaw.empty({ long: 100, short: 12 });
const quantileOf = (law: DurationLaw, share: number): number => quantileMs(cdfOf(law.density(PRIOR)), share);

describe('DurationLaw', () => {
  it('is the coarser law as long as nothing is known', () => {
    const density = aLaw().density(PRIOR);
    for (const [bin, share] of density.entries()) expect(share).toBeCloseTo(PRIOR[bin] ?? Number.NaN, 12);
  });

  it('lies where the durations lie', () => {
    const law = aLaw();
    for (let job = 0; job < 60; job += 1) law.learn(PRIOR, 59_000, 61_000);
    expect(quantileOf(law, 0.1)).toBeGreaterThan(45_000);
    expect(quantileOf(law, 0.5)).toBeGreaterThan(57_000);
    expect(quantileOf(law, 0.5)).toBeLessThan(63_000);
    expect(quantileOf(law, 0.9)).toBeLessThan(80_000);
  });

  it('trusts the short memory when durations change, and the long one while they do not', () => {
    const law = aLaw();
    for (let job = 0; job < 100; job += 1) law.learn(PRIOR, 59_000, 61_000);
    const steady = law.shortShare;
    for (let job = 0; job < 10; job += 1) law.learn(PRIOR, 119_000, 121_000);
    expect(law.shortShare).toBeGreaterThan(0.9);
    expect(law.shortShare).toBeGreaterThan(steady);
    expect(quantileOf(law, 0.5)).toBeGreaterThan(100_000);
  });

  it('holds no more than its memories', () => {
    const law = aLaw();
    for (let job = 0; job < 300; job += 1) law.learn(PRIOR, 1_000 * job, 1_000 * job + 500);
    expect(law.long.weight).toBeCloseTo(100);
    expect(law.short.weight).toBeCloseTo(12);
  });

  it('stays a law whatever it learns', () => {
    const age = fc.oneof(fc.double({ min: 0, noNaN: true }), fc.constantFrom(0, 500, 1e7, Infinity));
    fc.assert(
      fc.property(fc.array(fc.tuple(age, age), { maxLength: 60 }), (ages) => {
        const law = aLaw();
        for (const [one, other] of ages) law.learn(PRIOR, Math.min(one, other), Math.max(one, other));
        const density = law.density(PRIOR);
        expect(density.every((share) => Number.isFinite(share) && share >= 0)).toBe(true);
        const cdf = cdfOf(density);
        expect(cdf.at(-1)).toBeCloseTo(1, 9);
        expect(cdf.every((share, edge) => edge === 0 || share >= (cdf[edge - 1] ?? 0))).toBe(true);
        expect(law.shortShare).toBeGreaterThan(0);
        expect(law.shortShare).toBeLessThan(1);
      }),
    );
  });
});

describe('bins', () => {
  it('give a position back as the duration that it was made of', () => {
    fc.assert(
      fc.property(fc.double({ min: 500, max: 6_900_000, noNaN: true }), (ms) => {
        expect(durationAt(positionOf(ms)) / ms).toBeCloseTo(1, 9);
      }),
    );
  });

  it('take in what is shorter or longer than all of them', () => {
    expect([Number.NaN, -1, 0, 499].map(positionOf)).toEqual([0, 0, 0, 0]);
    expect([1e9, Infinity].map(positionOf)).toEqual([BINS, BINS]);
  });

  it('have quantiles that undo the law', () => {
    const cdf = cdfOf(PRIOR);
    for (const share of [0.01, 0.1, 0.5, 0.9, 0.99]) {
      expect(shareBelow(cdf, positionOf(quantileMs(cdf, share)))).toBeCloseTo(share, 9);
    }
  });
});
