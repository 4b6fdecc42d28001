import { Injectable, Logger } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import { TokenCache, type PooledToken } from 'penstock/token-cache';

import { CredentialRefresher, TokenStore } from '../../tokens/index.js';

/** A credential that is refused again soon after its renewal is not renewed again before this, in milliseconds. */
const RENEWAL_PAUSE_MS = 5 * 60_000;

/** Finds the credential to poll with when the upstream refuses that of the token. */
@Injectable()
export class PollCredentials {
  readonly #logger = new Logger('generations');
  /** The sealed secret that was refused, by token. */
  readonly #refused = new Map<string, string>();
  /** When each token was renewed last, on the monotonic clock. */
  readonly #renewedAt = new Map<string, number>();

  constructor(
    private readonly tokens: TokenCache,
    private readonly store: TokenStore,
    private readonly refresher: CredentialRefresher,
    private readonly clock: Clock,
  ) {}

  /**
   * The token to poll a job of `tokenId` with: itself; or, while its credential is refused and it is off, another one of
   * its quota group and upstream, since they are of one account.
   */
  tokenFor(tokenId: string): string {
    const token = this.tokens.get(tokenId);
    if (token === undefined || !this.#isRefused(token)) return tokenId;
    for (const other of this.tokens.all()) {
      if (other.enabled && isOfOneAccount(token, other)) return other.id;
    }
    return tokenId;
  }

  /** The upstream does not take the credential (any more): renews it where that is possible. Never throws. */
  async refused(tokenId: string): Promise<void> {
    const token = this.tokens.get(tokenId);
    if (token === undefined) return;
    this.#refused.set(tokenId, token.sealedSecret);
    const now = this.clock.monotonic();
    if (now - (this.#renewedAt.get(tokenId) ?? -Infinity) < RENEWAL_PAUSE_MS) return;
    try {
      if (!this.refresher.canRefresh(await this.store.get(tokenId))) return;
      this.#renewedAt.set(tokenId, now);
      await this.refresher.refresh(tokenId);
    } catch (error) {
      this.#logger.warn({ token: tokenId, err: error }, 'A credential that is refused could not be renewed');
    }
  }

  #isRefused({ id, enabled, sealedSecret }: PooledToken): boolean {
    return !enabled && this.#refused.get(id) === sealedSecret;
  }
}

function isOfOneAccount(token: PooledToken, other: PooledToken): boolean {
  return (
    token.quotaGroup !== null &&
    other.id !== token.id &&
    other.quotaGroup === token.quotaGroup &&
    other.provider === token.provider &&
    other.baseUrl === token.baseUrl
  );
}
