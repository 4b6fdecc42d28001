import { expect, it } from 'vitest';

import { costOf, pollingBreaches, shareOf } from './verdict.js';

const jobs = [
  { polls: 4, finishedAt: 1_000, endSeenAt: 1_100 },
  { polls: 6, finishedAt: 1_000, endSeenAt: 1_300 },
  { polls: 8, finishedAt: 1_000, endSeenAt: 1_800 },
];
const cost = costOf('stages', jobs);
const stages = { ...cost, unfinished: 0 };
const predictive = { ...stages, strategy: 'predictive', medianDelayMs: 200 };

it('adds up what jobs cost', () => {
  expect(cost).toEqual({
    strategy: 'stages',
    jobs: 3,
    seen: 3,
    polls: 6,
    medianDelayMs: 300,
    meanDelayMs: 400,
  });
  expect(costOf('stages', [{ polls: 2, finishedAt: 5, endSeenAt: null }]).seen).toBe(0);
});

it('finds no breach where predictive costs less, and all ends were seen', () => {
  expect(shareOf(predictive, stages)).toBeCloseTo(66.7, 1);
  expect(pollingBreaches(stages, predictive)).toEqual([]);
});

it.each([
  [{ medianDelayMs: 250 }, /predictive costs 83 % of stages/],
  [{ seen: 2 }, /predictive: 2 ends of 3 were seen/],
  [{ unfinished: 1 }, /predictive: 1 were not completed/],
  [{ medianDelayMs: NaN }, /predictive costs NaN %/],
])('finds a breach in %j', (change, breach) => {
  expect(pollingBreaches(stages, { ...predictive, ...change }).join()).toMatch(breach);
});
