import { Injectable, Optional } from '@nestjs/common';
import { Clock } from 'penstock/kernel';

import { InFlightCounter, NothingInFlight } from './ports/in-flight-counter.js';
import { dayOf, NO_TALLY, sumOf, TokenCounters } from './token-counters.js';
import { TokenSecrets } from './token-secrets.js';
import { stateOf } from './token-state.js';
import type { Token } from './token.entity.js';
import type { TokenView } from './tokens.schemas.js';

/** Shows tokens to operators: never a secret, and with what only this process knows of them. */
@Injectable()
export class TokenViews {
  constructor(
    private readonly secrets: TokenSecrets,
    private readonly counters: TokenCounters,
    private readonly clock: Clock,
    @Optional() private readonly inFlight: InFlightCounter = new NothingInFlight(),
  ) {}

  of(token: Token): TokenView {
    const { id, provider, label, fingerprint, last4, baseUrl, remark, disabledBy } = token;
    const { limits, rampLimit, requestsPerMinute, weight, quotaGroup } = token;
    return {
      id,
      provider,
      label,
      ...stateOf(token, this.clock.now()),
      disabledBy,
      disabledAt: toIso(token.disabledAt),
      coolingUntil: toIso(token.coolingUntil),
      fingerprint,
      last4,
      hasRefreshSecret: token.sealedRefreshSecret !== null,
      baseUrl,
      proxyUrl: this.#shownProxy(token),
      limits: { ...limits },
      rampLimit,
      requestsPerMinute,
      weight,
      quotaGroup,
      expiresAt: toIso(token.expiresAt),
      quota: quotaOf(token),
      remark,
      counters: this.#counters(token),
      today: this.#today(token),
      lastError: this.#lastError(token),
      lastUsedAt: toIso(this.counters.pending(id).lastUsedAt ?? token.lastUsedAt),
      createdAt: new Date(token.createdAt).toISOString(),
      updatedAt: new Date(token.updatedAt).toISOString(),
    };
  }

  #counters({ id, consecutiveErrors, ...stored }: Token): TokenView['counters'] {
    const { total } = this.counters.pending(id);
    return { inFlight: this.inFlight.inFlight(id), ...sumOf(stored, total), consecutiveErrors };
  }

  #today({ id, countedDay, ...of }: Token): TokenView['today'] {
    const { today } = this.counters.pending(id);
    if (countedDay !== dayOf(this.clock.now())) return sumOf(NO_TALLY, today);
    const { daySubmitted: submitted, dayCompleted: completed, dayFailed: failed, dayErrors: errors } = of;
    return sumOf({ submitted, completed, failed, errors }, today);
  }

  #lastError({ id, lastError: kind, lastErrorAt: at }: Token): TokenView['lastError'] {
    const stored = kind === null || at === null ? null : { kind, at };
    const last = this.counters.pending(id).lastError ?? stored;
    return last && { kind: last.kind, at: new Date(last.at).toISOString() };
  }

  #shownProxy(token: Token): string | null {
    try {
      return withoutCredentials(this.secrets.openProxyUrl(token));
    } catch {
      return '(sealed with another key)';
    }
  }
}

function quotaOf({ quotaReadAt, quotaRemaining, quotaResetsAt }: Token): TokenView['quota'] {
  if (quotaReadAt === null) return null;
  const readAt = new Date(quotaReadAt).toISOString();
  return { remaining: quotaRemaining, resetsAt: toIso(quotaResetsAt), readAt };
}

function withoutCredentials(proxyUrl: string | null): string | null {
  if (proxyUrl === null) return null;
  const url = new URL(proxyUrl);
  url.username = '';
  url.password = '';
  return url.href;
}

function toIso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
