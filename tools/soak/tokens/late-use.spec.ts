import { expect, it } from 'vitest';

import type { CallRecord } from '../../upstream-simulator/core/call-ring.js';
import { busiestMinutes, callsAfterEnd, callsWhileCooling } from './late-use.js';

const call = (at: number, status: number, early = false, secret = 'a'): CallRecord => ({
  at,
  status,
  answeredAt: at,
  secret,
  operation: 'create',
  jobId: null,
  fault: null,
  violations: early ? ['hammering'] : [],
});

it('counts calls while a token was told to wait, those apart that were on their way', () => {
  const calls = [
    call(0, 429),
    call(900, 200, true),
    call(1_500, 200, true),
    call(1_600, 429, true),
    call(1_700, 200, true, 'b'),
    call(9_000, 200),
    call(10_000, 429),
    call(10_500, 200, true),
  ];
  expect([...callsWhileCooling(calls)]).toEqual([
    ['a', 2],
    ['b', 1],
  ]);
});

it('counts the calls of the busiest minute of each token', () => {
  const calls = [0, 1_000, 58_000, 59_500, 61_000].map((at) => call(at, 200));
  expect([...busiestMinutes([...calls, call(62_000, 200, false, 'b')])]).toEqual([
    ['a', 3],
    ['b', 1],
  ]);
});

it('counts calls after the end of a token', () => {
  const calls = [call(0, 200), call(1_900, 200), call(2_100, 200), call(2_100, 200, false, 'b')];
  expect([...callsAfterEnd(calls, (secret) => (secret === 'a' ? 1_000 : Infinity))]).toEqual([['a', 1]]);
});
