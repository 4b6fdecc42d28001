import { Injectable } from '@nestjs/common';
import type { PooledToken } from 'penstock/token-cache';

import { SecretError } from '../secrets/index.js';

import { isRecovering } from './token-health.policy.js';
import { TokenSecrets } from './token-secrets.js';
import type { Token } from './token.entity.js';

/** Makes of a row what the pool sees of it. */
@Injectable()
export class PooledTokens {
  constructor(private readonly secrets: TokenSecrets) {}

  /** A token whose proxy cannot be opened counts as disabled: without its proxy it must not be used. */
  of(row: Token): PooledToken {
    const { id, provider, label, baseUrl, sealedSecret, enabled, disabledReason, version } = row;
    const { limits, requestsPerMinute, weight, quotaGroup, expiresAt, coolingUntil, coolingReason } = row;
    const { quotaResetsAt, rampLimit } = row;
    // A quota that is used up without a known end is a cooldown: nobody could say when it is filled up again.
    const quotaRemaining = quotaResetsAt === null && row.quotaRemaining === 0 ? null : row.quotaRemaining;
    const pooled = {
      id,
      provider,
      label,
      baseUrl,
      sealedSecret,
      enabled,
      disabledReason,
      version,
      limits,
      requestsPerMinute,
      weight,
      quotaGroup,
      expiresAt,
      coolingUntil,
      coolingReason,
      quotaRemaining,
      quotaResetsAt,
      rampLimit,
      recovering: isRecovering(row),
    };
    try {
      return { ...pooled, proxyUrl: this.secrets.openProxyUrl(row) };
    } catch (error) {
      if (!(error instanceof SecretError)) throw error;
      return { ...pooled, proxyUrl: null, enabled: false, disabledReason: error.message, recovering: false };
    }
  }
}
