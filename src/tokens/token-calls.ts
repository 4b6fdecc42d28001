import { Injectable } from '@nestjs/common';
import { ProviderError, type Provider, type ProviderContext, type RefreshContext } from 'penstock/plugin-api';
import { ProviderRegistry } from 'penstock/plugin-host';

import {
  BoundedCalls,
  failureOf,
  ProviderContextFactory,
  redactorOf,
  type ContextRequest,
  type Redact,
} from '../providers/index.js';

import { TokenSecrets } from './token-secrets.js';
import type { Token } from './token.entity.js';

const TIMEOUT_MS = 30_000;

/** Calls of a provider that are about a token itself, not about a generation. Each takes at most 31 s. */
@Injectable()
export class TokenCalls {
  constructor(
    private readonly secrets: TokenSecrets,
    private readonly providers: ProviderRegistry,
    private readonly contexts: ProviderContextFactory,
    private readonly bounded: BoundedCalls,
  ) {}

  /** Whether the token's provider offers a method. */
  offers({ provider }: Pick<Token, 'provider'>, method: keyof Provider): boolean {
    return this.providers.find(provider)?.provider[method] !== undefined;
  }

  /** @throws SecretError when its secret does not open; PluginError `unknown_provider`; ProviderError */
  async run<T>(
    row: Token,
    operation: keyof Provider,
    call: (provider: Provider, context: ProviderContext) => Promise<T>,
  ): Promise<T> {
    const { provider } = this.providers.get(row.provider);
    const request = { ...this.#requestOf(row), operation };
    return this.#bounded(operation, redactorOf(request.secret), (signal) =>
      call(provider, this.contexts.create({ ...request, signal })),
    );
  }

  /** As {@link run}, with the refresh secret. The token must have one. */
  async refresh<T>(
    row: Token,
    call: (provider: Provider, context: RefreshContext) => Promise<T>,
  ): Promise<T> {
    const { provider } = this.providers.get(row.provider);
    const operation = 'refreshCredential';
    const request = {
      ...this.#requestOf(row),
      refreshSecret: this.secrets.openRefreshSecret(row),
      operation,
    };
    return this.#bounded(operation, redactorOf(request.secret, request.refreshSecret), (signal) =>
      call(provider, this.contexts.create({ ...request, signal })),
    );
  }

  /** All that is secret is opened here: what does not open stops the call instead of being left out. */
  #requestOf(row: Token): Omit<ContextRequest, 'signal'> {
    const { id, label, provider, baseUrl } = row;
    const token = { id, label, provider, baseUrl, proxyUrl: this.secrets.openProxyUrl(row) };
    return { token, secret: this.secrets.open(row) };
  }

  /** What a plugin throws that is no ProviderError may name the secrets. */
  async #bounded<T>(
    operation: keyof Provider,
    redact: Redact,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    try {
      return await this.bounded.run({ operation, timeoutMs: TIMEOUT_MS }, work);
    } catch (error) {
      if (error instanceof ProviderError) throw error;
      const message = redact(error instanceof Error ? error.message : String(error));
      throw new ProviderError(failureOf(error, 'reads'), message);
    }
  }
}
