import { Injectable } from '@nestjs/common';
import {
  ProviderError,
  type Provider,
  type ProviderContext,
  type ProviderFailure,
} from 'penstock/plugin-api';
import { ProviderRegistry } from 'penstock/plugin-host';
import type { TrackRequest } from 'penstock/polling';
import { TokenCache, type PooledToken } from 'penstock/token-cache';

import {
  BoundedCalls,
  ProviderContextFactory,
  redactorOf,
  type CallBounds,
  type Redact,
} from '../../providers/index.js';
import { TokenSecrets } from '../../tokens/index.js';
import { GenerationError } from '../generation.errors.js';

/** Where and how a provider is called. */
export interface ProviderCall extends CallBounds {
  readonly tokenId: string;
}

/** Calls a provider's method with the context of one token. */
@Injectable()
export class ProviderCalls {
  constructor(
    private readonly tokens: TokenCache,
    private readonly secrets: TokenSecrets,
    private readonly providers: ProviderRegistry,
    private readonly contexts: ProviderContextFactory,
    private readonly bounded: BoundedCalls,
  ) {}

  /** @throws GenerationError `token_gone` when the token was deleted */
  token(tokenId: string): PooledToken {
    const token = this.tokens.get(tokenId);
    if (token === undefined) {
      throw GenerationError.of('token_gone', `Token ${tokenId}, which serves this generation, was deleted.`);
    }
    return token;
  }

  /**
   * Why nothing more may be sent on a token: another call learnt, since the lease was granted, that it must be left alone.
   * `null` when it may. Only what has changed counts: how the token stood before, the balancer has judged.
   */
  stoppedSince(granted: PooledToken): { readonly failure: ProviderFailure; readonly message: string } | null {
    const present = this.tokens.get(granted.id);
    if (present === undefined) return null;
    const { enabled, coolingUntil } = present;
    const cools = coolingUntil !== null && coolingUntil > (granted.coolingUntil ?? -Infinity);
    const wentOff = granted.enabled && !enabled;
    if (!cools && !wentOff) return null;
    const reason = (enabled ? present.coolingReason : present.disabledReason) ?? 'It must be left alone.';
    const message = `Nothing was sent on token ${present.id}: ${reason}`;
    return { failure: { kind: 'rate_limited', retryAfterMs: null }, message };
  }

  /** Names the upstream that a token belongs to. Within it, job ids are unique; tokens of one account see the same jobs. */
  upstreamScope(tokenId: string): string {
    const { provider, baseUrl } = this.token(tokenId);
    return `${provider} ${baseUrl ?? this.providers.get(provider).manifest.baseUrl}`;
  }

  /** What polls of a token count for, as far as it is known. */
  pollLane(tokenId: string): Pick<TrackRequest, 'origin' | 'pollsPerMinute' | 'listed'> {
    const token = this.tokens.get(tokenId);
    const entry = this.providers.all().find(({ manifest }) => manifest.name === token?.provider);
    if (token === undefined || entry === undefined) return {};
    const { baseUrl, pollsPerMinute = 0 } = entry.manifest;
    return {
      origin: new URL(token.baseUrl ?? baseUrl).origin,
      pollsPerMinute,
      listed: entry.capabilities.has('pollMany'),
    };
  }

  /** How long the upstream of a token may take to answer a submission: `leastMs`, or what its provider says. */
  submitTimeoutMs(tokenId: string | null, leastMs: number): number {
    const token = tokenId === null ? undefined : this.tokens.get(tokenId);
    const provider = token === undefined ? undefined : this.providers.find(token.provider);
    return Math.max(leastMs, provider?.manifest.submitTimeoutMs ?? 0);
  }

  provider(tokenId: string): Provider {
    return this.providers.get(this.token(tokenId).provider).provider;
  }

  /** Cuts the secret of a token out of what its upstream says. Of a token that is gone nothing is known to cut. */
  redactor(tokenId: string | null): Redact {
    const token = tokenId === null ? undefined : this.tokens.get(tokenId);
    return token === undefined ? redactorOf() : redactorOf(this.secrets.open(token));
  }

  /**
   * Runs `work` as {@link BoundedCalls.run} does.
   *
   * @throws GenerationError `token_gone` without having run `work`
   */
  async run<T>(
    call: ProviderCall,
    work: (provider: Provider, context: ProviderContext) => Promise<T>,
  ): Promise<T> {
    const token = this.token(call.tokenId);
    const { operation, timeoutMs, signal: caller, spans } = call;
    const bounds = { operation, timeoutMs, signal: caller, spans, ids: { token: token.id, ...call.ids } };
    return this.bounded.run(bounds, (signal) => {
      const context = this.#contextOf(token, operation, signal);
      return work(this.providers.get(token.provider).provider, context);
    });
  }

  /** What cannot even be prepared was surely not sent. */
  #contextOf(token: PooledToken, operation: string, signal: AbortSignal): ProviderContext {
    try {
      this.providers.get(token.provider);
      return this.contexts.create({ token, secret: this.secrets.open(token), signal, operation });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const message = `Token ${token.id} (${token.label}) cannot be used: ${reason}`;
      throw new ProviderError({ kind: 'transient', retryAfterMs: null }, message, { cause });
    }
  }
}
