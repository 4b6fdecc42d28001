import type { PooledToken } from 'penstock/token-cache';

/** What a token by itself is good for at one moment, whatever it serves: the first that holds. */
export type Standing =
  'disabled' | 'expired' | 'cooling' | 'exhausted' | 'edge_challenged' | 'rate_limited' | 'open';

/** What a standing hangs on besides the token. */
export interface Surroundings {
  /** When the token's rate lets the next request pass, on the clock of `now`. */
  readonly freeAt: number;
  /** When the challenging edge in front of its upstream is tried next; `null` while calls go through. */
  readonly edgeUntil: number | null;
}

/** A standing and its time. */
export interface TokenStanding {
  readonly standing: Standing;
  /** When the standing ends or began (`expired`), as far as that is known; in the unit and on the clock of `now`. */
  readonly at: number | null;
}

/** Where a token stands at a moment, in milliseconds since 1970. */
export function standingOf(
  token: PooledToken,
  now: number,
  { freeAt, edgeUntil }: Surroundings,
): TokenStanding {
  if (!token.enabled) return { standing: 'disabled', at: null };
  const { expiresAt, coolingUntil } = token;
  if (expiresAt !== null && expiresAt <= now) return { standing: 'expired', at: expiresAt };
  if (coolingUntil !== null && coolingUntil > now) return { standing: 'cooling', at: coolingUntil };
  if (isExhausted(token, now)) return { standing: 'exhausted', at: token.quotaResetsAt };
  if (edgeUntil !== null) return { standing: 'edge_challenged', at: edgeUntil };
  if (freeAt > now) return { standing: 'rate_limited', at: freeAt };
  return { standing: 'open', at: null };
}

/** When the standing may change by time alone; `Infinity` when it does not. */
export function nextChangeOf(token: PooledToken, now: number, freeAt: number): number {
  if (!token.enabled) return Infinity;
  const { expiresAt, coolingUntil, quotaResetsAt } = token;
  let next = freeAt > now ? freeAt : Infinity;
  for (const at of [expiresAt, coolingUntil, quotaResetsAt]) {
    if (at !== null && at > now && at < next) next = at;
  }
  return next;
}

/** Whether it may serve again by waiting alone. */
export function mayServe(standing: Standing): boolean {
  return standing !== 'disabled' && standing !== 'expired';
}

/** What is known of a quota is void once it was filled up again. */
function isExhausted({ quotaRemaining, quotaResetsAt }: PooledToken, now: number): boolean {
  return quotaRemaining !== null && quotaRemaining <= 0 && (quotaResetsAt === null || quotaResetsAt > now);
}
