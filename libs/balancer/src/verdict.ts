import type { PooledToken } from 'penstock/token-cache';

import type { LeaseBounds, LeaseRequest, LeaseScope } from './lease.js';
import { mayServe, standingOf } from './standing.js';

/**
 * What speaks for or against a token, the first that holds of: `lacks_capability` (its provider does not have the
 * model), `not_pinned` (the request wants another one), `excluded` (it failed for this generation), `disabled`,
 * `expired`, `cooling`, `exhausted` (no quota left), `edge_challenged` (the edge of its upstream, or the
 * proxy before that, lets no call through), `rate_limited` (by requests per minute, its own or shared ones),
 * `busy` (at its limit), `group_busy` and `provider_busy` (at a limit that it shares), `ready`.
 */
export type Verdict =
  | 'lacks_capability'
  | 'not_pinned'
  | 'excluded'
  | 'disabled'
  | 'expired'
  | 'cooling'
  | 'exhausted'
  | 'edge_challenged'
  | 'rate_limited'
  | 'busy'
  | 'group_busy'
  | 'provider_busy'
  | 'ready';

/** Why a token was, or was not, a choice for a request. */
export interface TokenVerdict {
  readonly tokenId: string;
  readonly verdict: Verdict;
  /** For people, such as `busy 2/2`. */
  readonly detail: string;
  /**
   * When the verdict ends by time alone, in milliseconds since 1970, for `cooling`, `exhausted` and `rate_limited`, and
   * for `edge_challenged` when the edge is tried next; `null` where that is unknown and for the other verdicts.
   */
  readonly until: number | null;
}

/** How much of a scope is in use. */
export interface ScopeUse {
  /** Leases of the request's kind. */
  readonly inFlight: number;
  /** When the rate lets the next request pass, in milliseconds since 1970. */
  readonly freeAt: number;
}

/** One token looked at for one request at one moment. */
export interface Examination {
  readonly token: PooledToken;
  readonly request: LeaseRequest;
  readonly bounds: LeaseBounds;
  readonly use: Readonly<Record<LeaseScope, ScopeUse>>;
  /** When the challenging edge is tried next, in milliseconds since 1970; `null` while it is clear. */
  readonly edgeUntil: number | null;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The verdict with its reason in words. */
export function explain(examination: Examination): TokenVerdict {
  const { token } = examination;
  const { verdict, until } = judge(examination);
  return { tokenId: token.id, verdict, until, detail: detailOf(examination, verdict, until) };
}

/** Counts verdicts in words, such as `2 disabled, 1 expired`. */
export function summarise(verdicts: readonly TokenVerdict[]): string {
  const counts = new Map<Verdict, number>();
  for (const { verdict } of verdicts) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return [...counts].map(([verdict, count]) => `${count} ${verdict.replaceAll('_', ' ')}`).join(', ');
}

interface Judgement {
  readonly verdict: Verdict;
  readonly until: number | null;
}

const until = (verdict: Verdict, at: number | null = null): Judgement => ({ verdict, until: at });

function judge(examination: Examination): Judgement {
  const { token, request, bounds, use, now, edgeUntil } = examination;
  if (!request.providers.includes(token.provider)) return until('lacks_capability');
  if ((request.tokenId ?? token.id) !== token.id) return until('not_pinned');
  if (request.excluded.has(token.id)) return until('excluded');
  if (bounds.token.atOnce === 0) return until('disabled');
  const { standing, at } = standingOf(token, now, { freeAt: use.token.freeAt, edgeUntil });
  if (standing !== 'open') return until(standing, mayServe(standing) ? at : null);
  const sharedFreeAt = Math.max(use.group.freeAt, use.provider.freeAt);
  if (sharedFreeAt > now) return until('rate_limited', sharedFreeAt);
  return until(fullestOf(examination));
}

function fullestOf({ bounds, use }: Examination): Verdict {
  const isFull = (scope: LeaseScope): boolean => use[scope].inFlight >= bounds[scope].atOnce;
  if (isFull('token')) return 'busy';
  if (isFull('group')) return 'group_busy';
  return isFull('provider') ? 'provider_busy' : 'ready';
}

function detailOf(
  { token, request, bounds, use, now }: Examination,
  verdict: Verdict,
  at: number | null,
): string {
  const { kind, model, tokenId } = request;
  const used = (scope: LeaseScope): string => {
    const { atOnce } = bounds[scope];
    return atOnce === Infinity ? `${use[scope].inFlight}, no limit` : `${use[scope].inFlight}/${atOnce}`;
  };
  const details: Readonly<Record<Verdict, () => string>> = {
    lacks_capability: () => `lacks capability: ${token.provider} has no ${kind} model ${model}`,
    not_pinned: () => `the request is bound to token ${String(tokenId)}`,
    excluded: () => 'failed for this generation already',
    disabled: () => (token.enabled ? `limit of 0 for ${kind}` : withReason('disabled', token.disabledReason)),
    expired: () => `expired since ${timeOf(token.expiresAt ?? now)}`,
    cooling: () => withReason(`cooling until ${timeOf(at)}`, token.coolingReason),
    exhausted: () => (at === null ? 'no quota left' : `exhausted until ${timeOf(at)}`),
    edge_challenged: () =>
      `no way to the upstream (edge challenged or proxy down), tried again at ${timeOf(at)}`,
    rate_limited: () => `rate limited until ${timeOf(at)}`,
    busy: () => `busy ${used('token')}`,
    group_busy: () => `group ${String(token.quotaGroup)} busy ${used('group')}`,
    provider_busy: () => `provider ${token.provider} busy ${used('provider')}`,
    ready: () => `ready ${used('token')}`,
  };
  return details[verdict]();
}

const withReason = (text: string, reason: string | null): string =>
  reason === null ? text : `${text}: ${reason}`;

const timeOf = (at: number | null): string => (at === null ? 'unknown' : new Date(at).toISOString());
