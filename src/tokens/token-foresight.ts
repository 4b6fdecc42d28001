import { Injectable } from '@nestjs/common';
import { type PooledToken, TokenCache } from 'penstock/token-cache';

import { healthAfter, type TokenOutcome } from './token-health.policy.js';

/**
 * Shows the pool what a failure will change of a token before that is stored: between an answer such as 429 and the
 * commit of the cooldown nothing more is sent on the token.
 */
@Injectable()
export class TokenForesight {
  constructor(private readonly cache: TokenCache) {}

  /**
   * Shows it. The change that is stored takes its place in the cache.
   *
   * @returns the way to take it back when nothing could be stored; it undoes nothing that came after
   */
  show(tokenId: string, outcome: TokenOutcome, now: number): () => void {
    const token = this.cache.get(tokenId);
    const foreseen = token === undefined ? null : foresee(token, outcome, now);
    if (token === undefined || foreseen === null) return () => undefined;
    this.cache.put(foreseen);
    return () => {
      if (this.cache.get(tokenId) === foreseen) this.cache.put(token);
    };
  }
}

/**
 * The token as it will be; `null` where that stays as it is, or hangs on errors before, which the pool does not know.
 * Pure.
 */
export function foresee(token: PooledToken, outcome: TokenOutcome, now: number): PooledToken | null {
  if (!STOPS_AT_ONCE.has(outcome.kind)) return null;
  const { enabled, disabledReason, coolingUntil, coolingReason, rampLimit } = token;
  const known = { enabled, disabledReason, coolingUntil, coolingReason, rampLimit };
  const change = healthAfter({ ...known, disabledBy: null, consecutiveErrors: 0 }, outcome, now);
  if (change === null) return null;
  return {
    ...token,
    enabled: change.enabled ?? enabled,
    disabledReason: change.disabledReason ?? disabledReason,
    coolingUntil: change.coolingUntil ?? coolingUntil,
    coolingReason: change.coolingReason ?? coolingReason,
  };
}

const STOPS_AT_ONCE: ReadonlySet<TokenOutcome['kind']> = new Set<TokenOutcome['kind']>([
  'rate_limited',
  'quota_exhausted',
  'unauthorized',
]);
