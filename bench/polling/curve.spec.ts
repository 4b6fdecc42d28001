import { expect, it } from 'vitest';

import { geometricMean, ratiosTo } from './curve.js';

const curve = [
  { polls: 40, delayMs: 500 },
  { polls: 10, delayMs: 2_000 },
];

it('compares delay at as many polls, and polls at as much delay, by a power law', () => {
  const { delay, polls } = ratiosTo({ polls: 20, delayMs: 1_250 }, curve);
  expect(delay).toBeCloseTo(80);
  expect(polls).toBeCloseTo(80);
});

it('takes the end of a curve that never needs as much', () => {
  expect(ratiosTo({ polls: 100, delayMs: 4_000 }, curve)).toEqual({ delay: 12.5, polls: 10 });
});

it('follows a curve that always needs more', () => {
  const { delay, polls } = ratiosTo({ polls: 5, delayMs: 250 }, curve);
  expect(delay).toBeCloseTo(1_600);
  expect(polls).toBeCloseTo(1_600);
});

it('finds geometric means', () => {
  expect(geometricMean([25, 100])).toBeCloseTo(50);
});
