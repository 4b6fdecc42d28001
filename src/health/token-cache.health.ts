import { TokenCache } from 'penstock/token-cache';

import { ContributesHealth, type HealthContributor, type HealthReport } from './health-contributor.js';

/** Tells whether the tokens in memory are fresh. Stale ones still serve, so they only degrade. */
@ContributesHealth('token-cache')
export class TokenCacheHealth implements HealthContributor {
  constructor(private readonly cache: TokenCache) {}

  check(): HealthReport {
    const { ageMs, stale, lastError } = this.cache.health();
    if (ageMs === null)
      return { status: 'down', detail: { lastError: lastError ?? 'No tokens were loaded yet.' } };
    const { tokens, active } = this.cache.snapshot();
    const detail = { tokens: tokens.size, active: active.length, ageMs: Math.round(ageMs), lastError };
    return { status: stale ? 'degraded' : 'up', detail };
  }
}
