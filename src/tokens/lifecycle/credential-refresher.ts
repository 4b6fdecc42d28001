import { Injectable, Logger, Optional } from '@nestjs/common';
import { SingleFlight } from 'penstock/concurrency';
import type { RefreshedCredential } from 'penstock/plugin-api';

import { Persistence } from '../../runtime/persistence.js';
import { TokenCalls } from '../token-calls.js';
import { CLEARED_HEALTH } from '../token-health.policy.js';
import { TokenIncidents } from '../token-incidents.js';
import { TokenSecrets } from '../token-secrets.js';
import { TokenStore, type TokenPatch } from '../token-store.js';
import type { Token } from '../token.entity.js';
import { TokenError } from '../tokens.errors.js';

/** Renews credentials by their refresh secrets. Two renewals of one token never overlap: a second call joins the first. */
@Injectable()
export class CredentialRefresher {
  readonly #logger = new Logger(CredentialRefresher.name);
  readonly #flights = new SingleFlight<string, Token>();

  constructor(
    private readonly store: TokenStore,
    private readonly secrets: TokenSecrets,
    private readonly calls: TokenCalls,
    private readonly persistence: Persistence,
    @Optional() private readonly incidents: TokenIncidents = new TokenIncidents(),
  ) {}

  /** Whether a renewal can be tried. */
  canRefresh(row: Token): boolean {
    return row.sealedRefreshSecret !== null && this.calls.offers(row, 'refreshCredential');
  }

  /**
   * Renews the credential of a token. The new one is on disk before anything uses it, so that a rotated refresh secret is
   * not lost once it came; when the database is away, it is tried until it is stored. A token that Penstock had turned off
   * is on again. A secret that an operator set meanwhile stays.
   *
   * @throws TokenError `token_not_found`, `refresh_unsupported`; ProviderError when the upstream refuses or does not answer
   */
  refresh(id: string): Promise<Token> {
    return this.#flights.run(id, () => this.#refresh(id));
  }

  async #refresh(id: string): Promise<Token> {
    const row = await this.store.get(id);
    if (!this.canRefresh(row)) throw TokenError.refreshUnsupported(row);
    const renewed = await this.#ask(row);
    const token = await this.persistence.untilStored(() => this.#save(row, renewed));
    this.#logger.log(`The credential of token ${id} (${token.label}) was renewed.`);
    return token;
  }

  async #ask(row: Token): Promise<RefreshedCredential> {
    try {
      const renewed = await this.calls.refresh(row, (provider, context) => {
        if (provider.refreshCredential === undefined) throw TokenError.refreshUnsupported(row);
        return provider.refreshCredential(context);
      });
      this.incidents.refreshed(row.provider, 'renewed');
      return renewed;
    } catch (error) {
      this.incidents.refreshed(row.provider, 'failed');
      throw error;
    }
  }

  #save(used: Token, { secret, refreshSecret, expiresAt }: RefreshedCredential): Promise<Token> {
    const { id } = used;
    const columns = {
      ...this.secrets.seal(id, secret),
      ...(refreshSecret === null ? {} : this.secrets.sealRefreshSecret(id, refreshSecret)),
      expiresAt,
    };
    const patchOf = (now: Token): TokenPatch | null => {
      const isStillThat = now.sealedRefreshSecret === used.sealedRefreshSecret;
      if (!isStillThat || now.sealedSecret !== used.sealedSecret) return null;
      return { ...columns, ...(now.disabledBy === 'machine' ? CLEARED_HEALTH : {}) };
    };
    return this.store.change(id, patchOf, { fingerprints: this.secrets.fingerprints(secret), durable: true });
  }
}
