import { NOTHING_COUNTED } from '../token-counters.js';
import { CLEARED_HEALTH } from '../token-health.policy.js';
import type { TokenSecrets } from '../token-secrets.js';
import { Token } from '../token.entity.js';

/** The row of a ready token of provider `acme` with a secret of its own, with what is given changed. */
export function aTokenRow(secrets: TokenSecrets, id: string, changes: Partial<Token> = {}): Token {
  return Object.assign(new Token(), {
    ...CLEARED_HEALTH,
    ...secrets.seal(id, `secret of ${id}`),
    id,
    provider: 'acme',
    label: id,
    baseUrl: null,
    proxyUrl: null,
    sealedRefreshSecret: null,
    limits: { video: 1 },
    requestsPerMinute: null,
    disabledAt: null,
    weight: 1,
    quotaGroup: null,
    expiresAt: null,
    remark: '',
    quotaRemaining: null,
    quotaResetsAt: null,
    quotaReadAt: null,
    ...NOTHING_COUNTED,
    version: 1,
    createdAt: 1,
    updatedAt: 1,
    ...changes,
  });
}
