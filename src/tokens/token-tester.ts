import { Injectable } from '@nestjs/common';
import { ProviderError, type ProviderFailure } from 'penstock/plugin-api';

import { CredentialRefresher } from './lifecycle/credential-refresher.js';
import { TokenCalls } from './token-calls.js';
import { TokenHealth } from './token-health.js';
import { CLEARED_HEALTH, HALF_OPEN_HEALTH, isRecovering, type HealthColumns } from './token-health.policy.js';
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

interface Verdict extends Pick<TokenTest, 'valid' | 'detail'> {
  readonly failure: ProviderFailure | null;
}

/** Failures that tell of the token itself; others say that the upstream is in trouble, which a test does not count. */
const ABOUT_THE_TOKEN: ReadonlySet<ProviderFailure['kind']> = new Set([
  'unauthorized',
  'rate_limited',
  'quota_exhausted',
  'edge_challenge',
]);

/** Asks the upstream whether a credential is good. */
@Injectable()
export class TokenTester {
  constructor(
    private readonly store: TokenStore,
    private readonly health: TokenHealth,
    private readonly calls: TokenCalls,
    private readonly refresher: CredentialRefresher,
  ) {}

  /**
   * Tests a token, also one that is off. One that is refused is renewed first where it can be. A good one that Penstock
   * had turned off is turned on; a bad one is turned off. Each call of the upstream takes at most 31 s.
   *
   * @throws TokenError `token_not_found`; SecretError when its secret does not open; PluginError `unknown_provider`
   */
  async test(id: string): Promise<TokenTest> {
    const { valid, detail, failure } = await this.#verify(await this.store.get(id));
    if (failure !== null && ABOUT_THE_TOKEN.has(failure.kind)) await this.health.report(id, failure);
    const token = await this.store.change(id, (now) => (valid === true ? healthOfGood(now) : null));
    return { valid, detail, token };
  }

  async #verify(row: Token): Promise<Verdict> {
    const verdict = await this.#ask(row);
    if (verdict.valid !== false || !this.refresher.canRefresh(row)) return verdict;
    try {
      return await this.#ask(await this.refresher.refresh(row.id));
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      return { ...verdict, detail: `${verdict.detail} It could not be renewed: ${error.message}` };
    }
  }

  async #ask(row: Token): Promise<Verdict> {
    try {
      const { valid, detail } = await this.calls.run(row, 'verify', (provider, context) =>
        provider.verify(context),
      );
      return { valid, detail, failure: valid ? null : { kind: 'unauthorized' } };
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      const { failure, message } = error;
      return { valid: failure.kind === 'unauthorized' ? false : null, detail: message, failure };
    }
  }
}

/** What a good credential changes of a token: errors of jobs are not forgotten because a test went well. */
function healthOfGood(token: Token): HealthColumns | null {
  if (token.disabledBy !== 'machine') return null;
  return isRecovering(token) ? HALF_OPEN_HEALTH : CLEARED_HEALTH;
}
