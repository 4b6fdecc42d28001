import type { KeyLimits } from '../../auth/index.js';
import { untilMidnight, utcDay } from '../ledger/utc-day.js';
import { MINUTE_MS, type KeyUse } from './key-use.js';
import { LimitError } from './limit.errors.js';

/** When somebody looks. */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** On the clock that never goes back. */
  readonly at: number;
}

/** How much of one limit is left. */
export interface Allowance {
  readonly limit: number;
  readonly remaining: number;
  /** Until all of it is there again, in milliseconds; `null` where that depends on generations that end. */
  readonly resetMs: number | null;
}

/** How a key stands with its limits; without those that it does not have. */
export interface Standing {
  readonly minute?: Allowance;
  readonly day?: Allowance;
  readonly concurrent?: Allowance;
}

/** A client that is refused because of others that run looks again after this. */
const ENDS_AFTER_MS = 5_000;

/** How a key stands. */
export function standingOf(
  { perMinute, perDay, concurrent }: KeyLimits,
  use: KeyUse,
  when: Moment,
): Standing {
  const left = (limit: number, used: number) => ({ limit, remaining: Math.max(0, limit - used) });
  const { now, at } = when;
  return {
    ...(perMinute === null
      ? {}
      : { minute: { ...left(perMinute, use.recentAt(at)), resetMs: use.untilBelow(1, at) } }),
    ...(perDay === null
      ? {}
      : { day: { ...left(perDay, use.usedOn(utcDay(now))), resetMs: untilMidnight(now) } }),
    ...(concurrent === null ? {} : { concurrent: { ...left(concurrent, use.unended), resetMs: null } }),
  };
}

/** Why a key may ask for nothing more at the moment; `null` when it may. What lasts longest is told first. */
export function refusalOf(limits: KeyLimits, use: KeyUse, when: Moment): LimitError | null {
  const { day, concurrent, minute } = standingOf(limits, use, when);
  if (day?.remaining === 0) {
    return LimitError.of(
      'daily_limit_exceeded',
      `This API key may ask for ${String(day.limit)} generations a day, and has. The next day begins at midnight UTC.`,
      untilMidnight(when.now),
    );
  }
  if (concurrent?.remaining === 0) {
    return LimitError.of(
      'concurrency_limit_exceeded',
      `This API key may have ${String(concurrent.limit)} generations that have not ended, and has. Ask again when one has ended.`,
      ENDS_AFTER_MS,
    );
  }
  if (minute?.remaining !== 0) return null;
  return LimitError.of(
    'rate_limit_exceeded',
    `This API key may ask for ${String(minute.limit)} generations a minute, and has. Ask again after Retry-After.`,
    Math.min(MINUTE_MS, use.untilBelow(minute.limit, when.at)),
  );
}
