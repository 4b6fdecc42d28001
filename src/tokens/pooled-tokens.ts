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
    const { id, provider, label, baseUrl, sealedSecret, limits, weight, quotaGroup, expiresAt, version } =
      row;
    const { coolingUntil, coolingReason, enabled, disabledReason } = row;
    const known = {
      id,
      provider,
      label,
      baseUrl,
      sealedSecret,
      limits,
      weight,
      quotaGroup,
      expiresAt,
      version,
    };
    const recovering = isRecovering(row);
    const pooled = { ...known, coolingUntil, coolingReason, enabled, disabledReason, recovering };
    try {
      return { ...pooled, proxyUrl: this.secrets.openProxyUrl(row) };
    } catch (error) {
      if (!(error instanceof SecretError)) throw error;
      return { ...pooled, proxyUrl: null, enabled: false, disabledReason: error.message, recovering: false };
    }
  }
}
