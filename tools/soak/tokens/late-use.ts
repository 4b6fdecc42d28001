import type { CallRecord } from '../../upstream-simulator/core/call-ring.js';

/** A request may be on its way, or wait to be sent, for a moment after the gateway learnt that it should not be. */
const ON_ITS_WAY_MS = 1_000;

const MINUTE_MS = 60_000;

type Counts = ReadonlyMap<string, number>;

/** Calls after the end of their token, by secret. @param endOf - in milliseconds since 1970; `Infinity` for never */
export function callsAfterEnd(calls: readonly CallRecord[], endOf: (secret: string) => number): Counts {
  return countBySecret(calls.filter(({ secret, at }) => at > endOf(secret) + ON_ITS_WAY_MS));
}

/** Calls while their token was told to wait, those apart that were on their way. @param calls - oldest first */
export function callsWhileCooling(calls: readonly CallRecord[]): Counts {
  const toldAt = new Map<string, number>();
  const early = calls.filter((call) => {
    const known = call.at - (toldAt.get(call.secret) ?? -Infinity) > ON_ITS_WAY_MS;
    const isEarly = call.violations.includes('hammering') && known;
    if (call.status === 429 && !toldAtWithin(toldAt, call)) toldAt.set(call.secret, call.at);
    return isEarly;
  });
  return countBySecret(early);
}

/** The most calls of each secret within a minute, less the moment that some may have been on their way. @param calls - oldest first */
export function busiestMinutes(calls: readonly CallRecord[]): Counts {
  const recent = new Map<string, number[]>();
  const most = new Map<string, number>();
  for (const { secret, at } of calls) {
    const within = [...(recent.get(secret) ?? []), at].filter(
      (earlier) => earlier > at - MINUTE_MS + ON_ITS_WAY_MS,
    );
    recent.set(secret, within);
    most.set(secret, Math.max(most.get(secret) ?? 0, within.length));
  }
  return most;
}

/** Whether the call was itself early: what it was told is no news. */
function toldAtWithin(toldAt: ReadonlyMap<string, number>, { secret, violations }: CallRecord): boolean {
  return toldAt.has(secret) && violations.includes('hammering');
}

function countBySecret(calls: readonly CallRecord[]): Counts {
  const counts = new Map<string, number>();
  for (const { secret } of calls) counts.set(secret, (counts.get(secret) ?? 0) + 1);
  return counts;
}
