import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { BINS, cdfOf, positionOf } from './duration-bins.js';
import { PollWalk } from './poll-walk.js';
import { priorLaw } from './prior-law.js';

const PRIOR = cdfOf(priorLaw());
const price = (priceMs: number, minIntervalMs = 1, maxIntervalMs = 600_000) => ({
  priceMs,
  minIntervalMs,
  maxIntervalMs,
});

/** As many end in each second. */
function evenLaw(untilMs: number): Float64Array {
  return Float64Array.from({ length: BINS + 1 }, (_, edge) => Math.min(1, edgeMs(edge) / untilMs));
}
const edgeMs = (edge: number): number => (edge === 0 ? 0 : 500 * 1.075 ** edge);

describe('PollWalk', () => {
  it('has the interval of the theory where the hazard is even: sqrt(2 c / h)', () => {
    const walk = new PollWalk();
    const hazard = 1 / 60_000;
    const cdf = Float64Array.from({ length: BINS + 1 }, (_, edge) => 1 - Math.exp(-edgeMs(edge) * hazard));
    for (const priceMs of [50, 100, 400]) {
      const delayMs = walk.delayMs({ cdf, ageMs: 30_000, suggestion: null }, price(priceMs));
      expect(delayMs / Math.sqrt((2 * priceMs) / hazard)).toBeCloseTo(1, 1);
    }
  });

  it('waits for ends that come later', () => {
    const cdf = Float64Array.from({ length: BINS + 1 }, (_, edge) => (edge > positionOf(60_000) ? 1 : 0));
    const delayMs = new PollWalk().delayMs({ cdf, ageMs: 10_000, suggestion: null }, price(100));
    expect(delayMs).toBeGreaterThan(45_000);
    expect(delayMs).toBeLessThan(60_000);
  });

  it('grows its interval with age where nothing is left to expect', () => {
    const walk = new PollWalk();
    const past = { cdf: evenLaw(10_000), suggestion: null };
    expect(walk.delayMs({ ...past, ageMs: 100_000 }, price(100))).toBe(10_000);
    expect(walk.delayMs({ ...past, ageMs: 100_000 }, price(100, 500, 3_000))).toBe(3_000);
  });

  it('polls sooner where a suggestion that is believed says so, and later where it says that', () => {
    const walk = new PollWalk();
    const delayAt = (etaMs: number, wrong: number): number => {
      const suggestion = { etaMs, atMs: 60_000, estimate: { bias: 0, spread: 0.2, wrong } };
      return walk.delayMs({ cdf: PRIOR, ageMs: 60_000, suggestion }, price(100));
    };
    const blind = walk.delayMs({ cdf: PRIOR, ageMs: 60_000, suggestion: null }, price(100));
    expect(delayAt(2_000, 0.05)).toBeLessThan(blind / 2);
    expect(delayAt(60_000, 0.05)).toBeGreaterThan(blind * 2);
    expect(delayAt(2_000, 1)).toBeCloseTo(blind, 6);
  });

  it('finds what a suggestion foretold likelier than what it did not', () => {
    const walk = new PollWalk();
    const suggestion = { etaMs: 20_000, atMs: 40_000, estimate: { bias: 0, spread: 0.3, wrong: 0.5 } };
    const question = { cdf: PRIOR, ageMs: 40_000, suggestion };
    expect(walk.evidence(question, 20_000)).toBeGreaterThan(1);
    expect(walk.evidence(question, 200_000)).toBeLessThan(1);
    expect(walk.evidence({ ...question, suggestion: null }, 20_000)).toBe(1);
  });

  it('keeps to its bounds and grows with the price, whatever it is asked', () => {
    const number = fc.double({ min: 0.001, max: 1e9, noNaN: true });
    const suggestion = fc.record({
      etaMs: number,
      atMs: number,
      estimate: fc.record({
        bias: fc.double({ min: -20, max: 20, noNaN: true }),
        spread: fc.double({ min: 0.03, max: 20, noNaN: true }),
        wrong: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    });
    const question = fc.record({
      cdf: fc.constantFrom(PRIOR, evenLaw(60_000), new Float64Array(BINS + 1)),
      ageMs: number,
      suggestion: fc.option(suggestion, { nil: null }),
    });
    fc.assert(
      fc.property(
        question,
        number,
        fc.double({ min: 1, max: 100, noNaN: true }),
        (question, priceMs, factor) => {
          const walk = new PollWalk();
          const delayMs = walk.delayMs(question, price(priceMs, 500, 10_000));
          expect(delayMs).toBeGreaterThanOrEqual(500);
          expect(delayMs).toBeLessThanOrEqual(10_000);
          const dearer = walk.delayMs(question, price(priceMs * factor, 500, 10_000));
          expect(dearer).toBeGreaterThanOrEqual(delayMs * (1 - 1e-9));
        },
      ),
    );
  });
});
