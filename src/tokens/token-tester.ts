import { Injectable } from '@nestjs/common';
import type { ProviderFailure } from 'penstock/plugin-api';
import { ProviderRegistry } from 'penstock/plugin-host';

import { BoundedCalls, failureOf, ProviderContextFactory, redactorOf } from '../providers/index.js';

import { TokenHealth } from './token-health.js';
import { CLEARED_HEALTH } from './token-health.policy.js';
import { TokenSecrets } from './token-secrets.js';
import { TokenStore } from './token-store.js';
import type { Token } from './token.entity.js';

/** What a test found. */
export interface TokenTest {
  /** `null` when the upstream gave no usable answer. */
  readonly valid: boolean | null;
  readonly detail: string;
  /** The token after the test. */
  readonly token: Token;
}

const BOUNDS = { operation: 'verify', timeoutMs: 30_000 };

/** Failures that tell of the token itself; others say that the upstream is in trouble, which a test does not count. */
const ABOUT_THE_TOKEN: ReadonlySet<ProviderFailure['kind']> = new Set([
  'unauthorized',
  'rate_limited',
  'quota_exhausted',
  'edge_challenge',
]);

/** Asks the upstream whether a credential is good, at the wish of an operator. */
@Injectable()
export class TokenTester {
  constructor(
    private readonly store: TokenStore,
    private readonly health: TokenHealth,
    private readonly secrets: TokenSecrets,
    private readonly providers: ProviderRegistry,
    private readonly contexts: ProviderContextFactory,
    private readonly bounded: BoundedCalls,
  ) {}

  /**
   * Tests a token, also one that is off. A good one that Penstock had turned off is turned on; a bad one is turned off.
   * Takes at most 31 s: a plugin that does not end by then gave no usable answer.
   *
   * @throws TokenError `token_not_found`; SecretError when its secret does not open; PluginError `unknown_provider`
   */
  async test(id: string): Promise<TokenTest> {
    const row = await this.store.get(id);
    const { valid, detail, failure } = await this.#verify(row);
    if (failure !== null && ABOUT_THE_TOKEN.has(failure.kind)) await this.health.report(id, failure);
    const token = await this.store.change(id, (now) =>
      valid === true && now.disabledBy === 'machine' ? CLEARED_HEALTH : null,
    );
    return { valid, detail, token };
  }

  async #verify(
    row: Token,
  ): Promise<Pick<TokenTest, 'valid' | 'detail'> & { failure: ProviderFailure | null }> {
    const { provider } = this.providers.get(row.provider);
    const secret = this.secrets.open(row);
    // Opened here, so that one that does not open stops the test instead of being left out.
    const { id, label, baseUrl } = row;
    const token = { id, label, provider: row.provider, baseUrl, proxyUrl: this.secrets.openProxyUrl(row) };
    try {
      const { valid, detail } = await this.bounded.run(BOUNDS, (signal) =>
        provider.verify(this.contexts.create({ token, secret, signal, operation: BOUNDS.operation })),
      );
      return { valid, detail, failure: valid ? null : { kind: 'unauthorized' } };
    } catch (error) {
      const failure = failureOf(error, 'reads');
      const detail = redactorOf(secret)(error instanceof Error ? error.message : String(error));
      return { valid: failure.kind === 'unauthorized' ? false : null, detail, failure };
    }
  }
}
