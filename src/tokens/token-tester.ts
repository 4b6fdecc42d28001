import { Injectable } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import { ProviderError, type ProviderContext, type ProviderFailure } from 'penstock/plugin-api';
import { ProviderRegistry } from 'penstock/plugin-host';

import { ProviderContextFactory } from '../providers/index.js';

import { PooledTokens } from './pooled-tokens.js';
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

const TIMEOUT_MS = 30_000;

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
    private readonly pooled: PooledTokens,
    private readonly providers: ProviderRegistry,
    private readonly contexts: ProviderContextFactory,
    private readonly clock: Clock,
  ) {}

  /**
   * Tests a token, also one that is off. A good one that Penstock had turned off is turned on; a bad one is turned off.
   * Takes at most 30 s.
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
    const token = this.pooled.of(row);
    const secret = this.secrets.open(token);
    const timeout = new AbortController();
    const timer = this.clock.setTimer(() => {
      timeout.abort(new Error('The test took over 30 s.'));
    }, TIMEOUT_MS);
    try {
      const context: ProviderContext = this.contexts.create({
        token,
        secret,
        signal: timeout.signal,
        operation: 'verify',
      });
      const { valid, detail } = await provider.verify(context);
      return { valid, detail, failure: valid ? null : { kind: 'unauthorized' } };
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      const { failure, message } = error;
      return { valid: failure.kind === 'unauthorized' ? false : null, detail: message, failure };
    } finally {
      timer.cancel();
    }
  }
}
