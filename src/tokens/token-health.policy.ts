import { assertNever } from 'penstock/kernel';
import type { ProviderFailure, Quota } from 'penstock/plugin-api';
import type { TokenMark } from 'penstock/token-cache';

import type { Token } from './token.entity.js';

/** How a call on a token went, as far as that tells of the token. */
export type TokenOutcome = { readonly kind: 'success' } | ProviderFailure;

/** The columns that health is about. */
export type HealthColumns = Pick<
  Token,
  | 'enabled'
  | 'disabledReason'
  | 'disabledBy'
  | 'coolingUntil'
  | 'coolingReason'
  | 'consecutiveErrors'
  | 'rampLimit'
>;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const REFUSED = 'The upstream does not accept the credential.';
const USED_UP = 'Its quota is used up.';

/** Errors in a row that turn a token off. */
export const MAX_CONSECUTIVE_ERRORS = 3;
/** Generations at once that a token which errors turned off begins with, and those after which it has no such limit. */
const FIRST_RAMP_LIMIT = 1;
const LAST_RAMP_LIMIT = 32;

/**
 * What an outcome changes of a token's health; `null` for nothing. Pure.
 *
 * A token that is off stays as it is: what a person turned off no machine turns on, and calls that were under way when
 * it was turned off tell nothing new. A cooldown is never made shorter.
 */
export function healthAfter(
  token: HealthColumns,
  outcome: TokenOutcome,
  now: number,
): Partial<HealthColumns> | null {
  if (!token.enabled || isOfProxy(outcome)) return null;
  if (outcome.kind !== 'success') return afterFailure(token, outcome, now);
  const { consecutiveErrors, rampLimit } = token;
  if (rampLimit !== null) return { consecutiveErrors: 0, rampLimit: widened(rampLimit) };
  return consecutiveErrors === 0 ? null : { consecutiveErrors: 0 };
}

/**
 * What a reading of its quota changes of a token's health; `null` for nothing. Pure.
 *
 * A refusal often does not say when the quota is filled up, so that the cooldown after it is a guess. A reading of a quota
 * that is used up knows better: the cooldown then lasts until the reset. One that tells of something left ends no
 * cooldown: it may be less than a generation costs, and the token would be refused again and again.
 */
export function healthAfterQuota(
  token: HealthColumns,
  { remaining, resetsAt }: Quota,
  now: number,
): Partial<HealthColumns> | null {
  if (!token.enabled || remaining === null || remaining > 0) return null;
  const isCoolingForIt = token.coolingReason === USED_UP && (token.coolingUntil ?? 0) > now;
  const present = isCoolingForIt && resetsAt !== null ? { coolingUntil: null } : token;
  return cooled(present, { kind: 'quota_exhausted', resetsAt }, now);
}

/**
 * What an outcome surely changes, whatever else the row says: a cooldown, or a refused credential; `null` for nothing.
 * For use until the outcome is committed.
 */
export function markAfter(outcome: TokenOutcome, now: number): TokenMark | null {
  switch (outcome.kind) {
    case 'rate_limited':
    case 'quota_exhausted':
      return (token) => (token.enabled ? cooled(token, outcome, now) : null);
    case 'unauthorized':
      return (token) => (token.enabled ? { enabled: false, disabledReason: REFUSED } : null);
    default:
      return null;
  }
}

/** Whether a failure tells of the token, and not of what was asked for. */
export function isOfToken(outcome: TokenOutcome): boolean {
  const { kind } = outcome;
  return !isOfProxy(outcome) && kind !== 'success' && kind !== 'content_policy' && kind !== 'invalid_request';
}

/** Whether the proxy failed, so that nothing was learnt of token and upstream. */
function isOfProxy(outcome: TokenOutcome): boolean {
  return (outcome.kind === 'transient' || outcome.kind === 'ambiguous') && outcome.of === 'proxy';
}

/** Twice as many at once with each success; past the last step it is trusted as before. */
function widened(rampLimit: number): number | null {
  return rampLimit >= LAST_RAMP_LIMIT ? null : 2 * rampLimit;
}

/** Whether a token is off because of errors only, so that it comes back by itself. A refused credential does not. */
export function isRecovering({ enabled, disabledBy, consecutiveErrors }: HealthColumns): boolean {
  return !enabled && disabledBy === 'machine' && consecutiveErrors >= MAX_CONSECUTIVE_ERRORS;
}

function afterFailure(
  token: HealthColumns,
  failure: ProviderFailure,
  now: number,
): Partial<HealthColumns> | null {
  switch (failure.kind) {
    case 'rate_limited':
    case 'quota_exhausted':
      return cooled(token, failure, now);
    case 'unauthorized':
      return turnedOff(REFUSED);
    case 'transient':
    case 'ambiguous':
      return afterError(token, failure.kind);
    case 'content_policy':
    case 'invalid_request':
    // That of the edge is kept for its origin, and is no fault of the token.
    case 'edge_challenge':
      return null;
    default:
      return assertNever(failure);
  }
}

function cooled(
  token: Pick<HealthColumns, 'coolingUntil'>,
  failure: Extract<ProviderFailure, { kind: 'rate_limited' | 'quota_exhausted' }>,
  now: number,
): Pick<HealthColumns, 'coolingUntil' | 'coolingReason'> | null {
  const isOfRate = failure.kind === 'rate_limited';
  const until = now + (isOfRate ? rateWait(failure.retryAfterMs) : quotaWait(failure.resetsAt, now));
  const isShorter = token.coolingUntil !== null && token.coolingUntil >= until;
  const coolingReason = isOfRate ? 'The upstream limits its rate.' : USED_UP;
  return isShorter ? null : { coolingUntil: until, coolingReason };
}

function afterError(token: HealthColumns, kind: string): Partial<HealthColumns> {
  const consecutiveErrors = token.consecutiveErrors + 1;
  const ramp = token.rampLimit === null ? {} : { rampLimit: FIRST_RAMP_LIMIT };
  if (consecutiveErrors < MAX_CONSECUTIVE_ERRORS) return { consecutiveErrors, ...ramp };
  return { consecutiveErrors, ...turnedOff(`${consecutiveErrors} errors in a row, the last one ${kind}.`) };
}

function turnedOff(disabledReason: string): Partial<HealthColumns> {
  return { enabled: false, disabledReason, disabledBy: 'machine' };
}

function rateWait(retryAfterMs: number | null): number {
  return between(SECOND, retryAfterMs ?? MINUTE, HOUR);
}

/** A reset that is over has brought nothing, or the clocks disagree: not again at once. */
function quotaWait(resetsAt: number | null, now: number): number {
  if (resetsAt === null) return HOUR;
  return resetsAt > now ? between(SECOND, resetsAt - now, 31 * DAY) : MINUTE;
}

function between(least: number, value: number, most: number): number {
  return Math.min(Math.max(least, value), most);
}

/** A token that a person turns on, without what was held against it. */
export const CLEARED_HEALTH: HealthColumns = Object.freeze({
  enabled: true,
  disabledReason: null,
  disabledBy: null,
  coolingUntil: null,
  coolingReason: null,
  consecutiveErrors: 0,
  rampLimit: null,
});

/**
 * A token that a probe turns on after errors turned it off: half-open, so that the next error turns it off again. It
 * serves one generation at a time at first, and twice as many with each job that its upstream accepts.
 */
export const HALF_OPEN_HEALTH: HealthColumns = Object.freeze({
  ...CLEARED_HEALTH,
  consecutiveErrors: MAX_CONSECUTIVE_ERRORS - 1,
  rampLimit: FIRST_RAMP_LIMIT,
});
