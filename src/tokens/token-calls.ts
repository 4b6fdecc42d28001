import { Injectable } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import { ProviderError, type Provider, type ProviderContext, type RefreshContext } from 'penstock/plugin-api';
import { ProviderRegistry } from 'penstock/plugin-host';

import { ProviderContextFactory, type ContextRequest } from '../providers/index.js';

import { PooledTokens } from './pooled-tokens.js';
import { TokenSecrets } from './token-secrets.js';
import type { Token } from './token.entity.js';

const TIMEOUT_MS = 30_000;

/** Calls of a provider that are about a token itself, not about a generation. Each takes at most 30 s. */
@Injectable()
export class TokenCalls {
  constructor(
    private readonly secrets: TokenSecrets,
    private readonly pooled: PooledTokens,
    private readonly providers: ProviderRegistry,
    private readonly contexts: ProviderContextFactory,
    private readonly clock: Clock,
  ) {}

  /** Whether the token's provider offers a method. */
  offers({ provider }: Pick<Token, 'provider'>, method: keyof Provider): boolean {
    return this.providers.find(provider)?.provider[method] !== undefined;
  }

  /** @throws SecretError when its secret does not open; PluginError `unknown_provider`; what `call` throws */
  run<T>(
    row: Token,
    operation: keyof Provider,
    call: (provider: Provider, context: ProviderContext) => Promise<T>,
  ): Promise<T> {
    const { provider } = this.providers.get(row.provider);
    return this.#bounded(operation, (signal) =>
      call(provider, this.contexts.create(this.#requestOf(row, operation, signal))),
    );
  }

  /** As {@link run}, with the refresh secret. The token must have one. */
  refresh<T>(row: Token, call: (provider: Provider, context: RefreshContext) => Promise<T>): Promise<T> {
    const { provider } = this.providers.get(row.provider);
    const refreshSecret = this.secrets.openRefreshSecret(row);
    return this.#bounded('refreshCredential', (signal) => {
      const request = this.#requestOf(row, 'refreshCredential', signal);
      return call(provider, this.contexts.create({ ...request, refreshSecret }));
    });
  }

  #requestOf(row: Token, operation: string, signal: AbortSignal): ContextRequest {
    const token = this.pooled.of(row);
    return { token, secret: this.secrets.open(token), signal, operation };
  }

  /** A provider that does not obey its signal is not waited for either. */
  async #bounded<T>(operation: string, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const timeout = new AbortController();
    const over = new Promise<never>((_, reject) => {
      timeout.signal.addEventListener('abort', () => {
        const message = `${operation} took over ${TIMEOUT_MS / 1_000} s.`;
        reject(new ProviderError({ kind: 'transient', retryAfterMs: null }, message));
      });
    });
    const timer = this.clock.setTimer(() => {
      timeout.abort();
    }, TIMEOUT_MS);
    try {
      return await Promise.race([run(timeout.signal), over]);
    } finally {
      timer.cancel();
    }
  }
}
