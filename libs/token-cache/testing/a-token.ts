import type { PooledToken } from 'penstock/token-cache';

/** An enabled token of provider `acme` without limits, with what is given changed. */
export function aToken(changes: Partial<PooledToken> = {}): PooledToken {
  const id = changes.id ?? 'token-1';
  return {
    id,
    provider: 'acme',
    label: `label of ${id}`,
    baseUrl: null,
    proxyUrl: null,
    sealedSecret: `sealed:${id}`,
    enabled: true,
    limits: {},
    requestsPerMinute: null,
    weight: 1,
    quotaGroup: null,
    quotaRemaining: null,
    quotaResetsAt: null,
    expiresAt: null,
    coolingUntil: null,
    coolingReason: null,
    rampLimit: null,
    disabledReason: null,
    recovering: false,
    version: 1,
    ...changes,
  };
}
