import type { BalancerLimits, LeaseScope } from 'penstock/balancer';
import type { TokenCache } from 'penstock/token-cache';

/** How much may be used at this moment: of a token as the cache knows it, and of what tokens share. */
export class LimitsInForce {
  shared: BalancerLimits = {};

  constructor(private readonly cache: TokenCache) {}

  atOnce(scope: LeaseScope, name: string, kind: string): number {
    const token = scope === 'token' ? this.cache.get(name) : undefined;
    const limits = token?.limits ?? this.#sharedBy(scope, name)?.limits;
    const limit = limits?.[kind] ?? -1;
    return Math.min(limit < 0 ? Infinity : limit, token?.rampLimit ?? Infinity);
  }

  perMinute(scope: LeaseScope, name: string): number | undefined {
    if (scope === 'token') return this.cache.get(name)?.requestsPerMinute ?? undefined;
    return this.#sharedBy(scope, name)?.requestsPerMinute;
  }

  #sharedBy(scope: LeaseScope, name: string): NonNullable<BalancerLimits['groups']>[string] | undefined {
    return (scope === 'group' ? this.shared.groups : this.shared.providers)?.[name];
  }
}
