import type { CallRecord } from '../../upstream-simulator/core/call-ring.js';

/** The first call with each secret. Later ones may be of the probe, which looks after tokens that were turned off. */
export function firstCalls(calls: readonly CallRecord[]): readonly CallRecord[] {
  const first = new Map<string, CallRecord>();
  for (const call of calls) if (!first.has(call.secret)) first.set(call.secret, call);
  return [...first.values()];
}

/** The most calls that were in flight at one moment, from their arrival until their answer began to be sent. */
export function mostAtOnce(calls: readonly CallRecord[]): number {
  const turns = calls.flatMap(({ at, answeredAt }) => [
    { at, change: 1 },
    { at: answeredAt ?? Infinity, change: -1 },
  ]);
  // An answer and a call of one millisecond: the answer was first, for all that the witness can tell.
  turns.sort((one, other) => one.at - other.at || one.change - other.change);
  let now = 0;
  return turns.reduce((most, { change }) => Math.max(most, (now += change)), 0);
}

/** The shortest time in which any `count` calls in a row began, in milliseconds; `Infinity` when there are fewer. */
export function leastSpanOf(calls: readonly CallRecord[], count: number): number {
  const starts = calls.map(({ at }) => at).sort((one, other) => one - other);
  const spans = starts.slice(count - 1).map((at, index) => at - (starts[index] ?? at));
  return Math.min(...spans);
}
