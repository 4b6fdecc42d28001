import fc from 'fast-check';
import { expect, it } from 'vitest';

import type { CallRecord } from '../../upstream-simulator/core/call-ring.js';
import { firstCalls, leastSpanOf, mostAtOnce } from './first-calls.js';

const call = (at: number, answeredAt: number | null, secret = String(at)): CallRecord => ({
  at,
  answeredAt,
  secret,
  status: 200,
  operation: 'models',
  jobId: null,
  fault: null,
  violations: [],
});

it('takes the first call with each secret', () => {
  const calls = [call(1, 2, 'a'), call(2, 3, 'b'), call(3, 4, 'a')];
  expect(firstCalls(calls).map(({ at }) => at)).toEqual([1, 2]);
});

it.each<readonly [readonly (readonly [number, number | null])[], number]>([
  [[], 0],
  [[[0, 10]], 1],
  [
    [
      [0, 10],
      [10, 20],
    ],
    1,
  ],
  [
    [
      [0, 11],
      [10, 20],
    ],
    2,
  ],
  [
    [
      [0, null],
      [10, 20],
      [15, 16],
    ],
    3,
  ],
])('counts what was in flight at once: %j', (spans, most) => {
  expect(mostAtOnce(spans.map(([at, end]) => call(at, end)))).toBe(most);
});

it('counts as many at once as some moment has', () => {
  const spans = fc.array(fc.tuple(fc.nat(50), fc.integer({ min: 1, max: 50 })), { maxLength: 30 });
  fc.assert(
    fc.property(spans, (drawn) => {
      const calls = drawn.map(([at, ms]) => call(at, at + ms));
      const atMoment = (moment: number): number =>
        calls.filter(({ at, answeredAt }) => at <= moment && moment < (answeredAt ?? Infinity)).length;
      const most = Math.max(0, ...Array.from({ length: 101 }, (_, moment) => atMoment(moment)));
      expect(mostAtOnce(calls)).toBe(most);
    }),
  );
});

it('finds the shortest time of so many starts in a row, in whatever order they are told', () => {
  const calls = [0, 100, 900, 300, 320].map((at) => call(at, at));
  expect([2, 3, 5].map((count) => leastSpanOf(calls, count))).toEqual([20, 220, 900]);
  expect(leastSpanOf(calls, 6)).toBe(Infinity);
});
