import { Clock } from 'penstock/kernel';
import { TokenCache } from 'penstock/token-cache';

import { censusOf, totalOf } from '../tokens/token-census.js';

import { ContributesHealth, type HealthContributor, type HealthReport } from './health-contributor.js';

/** Whether any token can serve. Without one, generations are still taken and wait, so that it only degrades. */
@ContributesHealth('tokens')
export class TokensHealth implements HealthContributor {
  constructor(
    private readonly cache: TokenCache,
    private readonly clock: Clock,
  ) {}

  check(): HealthReport {
    const census = totalOf(censusOf(this.cache.all(), this.clock.now()));
    if (census.ready > 0) return { status: 'up', detail: { ...census } };
    const message =
      'No token is usable: add one, or see GET /admin/tokens for what is wrong with those there are.';
    return { status: 'degraded', detail: { ...census, message } };
  }
}
