import type { PooledToken } from 'penstock/token-cache';

import type { LeaseRequest } from './lease.js';

/**
 * What speaks for or against a token, the first that holds of: `not_pinned` (the request wants another one), `excluded`
 * (it failed for this generation), `disabled`, `expired`, `cooling`, `busy` (at its limit), `ready`.
 */
export type Verdict = 'not_pinned' | 'excluded' | 'disabled' | 'expired' | 'cooling' | 'busy' | 'ready';

/** Why a token was, or was not, a choice for a request. */
export interface TokenVerdict {
  readonly tokenId: string;
  readonly verdict: Verdict;
  /** For people, such as `busy 2/2`. */
  readonly detail: string;
  /** When a `cooling` token comes back, in milliseconds since 1970; `null` for the other verdicts. */
  readonly until: number | null;
}

/** One token looked at for one request at one moment. */
export interface Examination {
  readonly token: PooledToken;
  readonly request: LeaseRequest;
  /** Leases of the token for the request's kind. */
  readonly inFlight: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Most leases of a kind at once; `Infinity` for no limit. */
export function limitOf(token: PooledToken, kind: string): number {
  const limit = Object.hasOwn(token.limits, kind) ? token.limits[kind] : undefined;
  return limit === undefined || limit < 0 ? Infinity : limit;
}

/** A token with a limit of 0 for the kind counts as disabled for it. */
export function judge(examination: Examination): Verdict {
  const { token, request, inFlight, now } = examination;
  if ((request.tokenId ?? token.id) !== token.id) return 'not_pinned';
  if (request.excluded.has(token.id)) return 'excluded';
  if (isDisabled(token, request.kind)) return 'disabled';
  if ((token.expiresAt ?? Infinity) <= now) return 'expired';
  if ((token.coolingUntil ?? 0) > now) return 'cooling';
  return inFlight >= limitOf(token, request.kind) ? 'busy' : 'ready';
}

/** Whether a token with this verdict may serve the request by waiting alone. */
export function isServable(verdict: Verdict): boolean {
  return verdict === 'ready' || verdict === 'busy' || verdict === 'cooling';
}

/** The verdict with its reason in words. */
export function explain(examination: Examination): TokenVerdict {
  const { token } = examination;
  const verdict = judge(examination);
  const until = verdict === 'cooling' ? token.coolingUntil : null;
  return { tokenId: token.id, verdict, detail: DETAILS[verdict](examination), until };
}

/** Counts verdicts in words, such as `2 disabled, 1 expired`. */
export function summarise(verdicts: readonly TokenVerdict[]): string {
  const counts = new Map<Verdict, number>();
  for (const { verdict } of verdicts) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return [...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ');
}

const isDisabled = (token: PooledToken, kind: string): boolean =>
  !token.enabled || limitOf(token, kind) === 0;

const withReason = (text: string, reason: string | null): string =>
  reason === null ? text : `${text}: ${reason}`;

const used = ({ token, request, inFlight }: Examination): string => {
  const limit = limitOf(token, request.kind);
  return limit === Infinity ? `${inFlight}, no limit` : `${inFlight}/${limit}`;
};

const DETAILS: Readonly<Record<Verdict, (examination: Examination) => string>> = {
  not_pinned: ({ request }) => `the request is bound to token ${String(request.tokenId)}`,
  excluded: () => 'failed for this generation already',
  disabled: ({ token, request }) =>
    token.enabled ? `limit of 0 for ${request.kind}` : withReason('disabled', token.disabledReason),
  expired: ({ token, now }) => `expired since ${new Date(token.expiresAt ?? now).toISOString()}`,
  cooling: ({ token, now }) =>
    withReason(`cooling for ${Math.ceil(((token.coolingUntil ?? now) - now) / 1000)} s`, token.coolingReason),
  busy: (examination) => `busy ${used(examination)}`,
  ready: (examination) => `ready ${used(examination)}`,
};
