import { Injectable } from '@nestjs/common';
import type { PooledToken } from 'penstock/token-cache';

import { SecretBox } from '../secrets/index.js';

import type { Token } from './token.entity.js';

/** Seals and opens what is secret about a token. Each sealed value opens only for its token and its column. */
@Injectable()
export class TokenSecrets {
  /** What was opened, for as long as somebody holds the token: each poll needs it. */
  readonly #opened = new WeakMap<object, { readonly sealed: string; readonly secret: string }>();

  constructor(private readonly box: SecretBox) {}

  /** @throws SecretError when the secret does not open: another key, or a changed row */
  open(token: Pick<PooledToken, 'id' | 'sealedSecret'>): string {
    const { id, sealedSecret: sealed } = token;
    const opened = this.#opened.get(token);
    if (opened?.sealed === sealed) return opened.secret;
    const secret = this.box.open(sealed, `${id}/secret`);
    this.#opened.set(token, { sealed, secret });
    return secret;
  }

  /** The columns that hold a secret. */
  seal(id: string, secret: string): Pick<Token, 'sealedSecret' | 'fingerprint' | 'last4'> {
    return {
      sealedSecret: this.box.seal(secret, `${id}/secret`),
      fingerprint: this.box.fingerprint(secret),
      last4: endOf(secret),
    };
  }

  sealRefreshSecret(id: string, secret: string | null): Pick<Token, 'sealedRefreshSecret'> {
    return { sealedRefreshSecret: secret === null ? null : this.box.seal(secret, `${id}/refresh-secret`) };
  }

  /** @throws SecretError when it does not open; Error when the token has none */
  openRefreshSecret({ id, sealedRefreshSecret }: Pick<Token, 'id' | 'sealedRefreshSecret'>): string {
    if (sealedRefreshSecret === null) throw new Error(`Token ${id} has no refresh secret.`);
    return this.box.open(sealedRefreshSecret, `${id}/refresh-secret`);
  }

  /** Every fingerprint that a stored token with this secret may have. */
  fingerprints(secret: string): readonly string[] {
    return this.box.fingerprints(secret);
  }

  /** The column for a proxy's URL: sealed when it holds credentials. */
  sealProxyUrl(id: string, url: string | null): Pick<Token, 'proxyUrl'> {
    const isSecret = url !== null && hasCredentials(url);
    return { proxyUrl: isSecret ? this.box.seal(url, `${id}/proxy-url`) : url };
  }

  /** The proxy's URL from its column. @throws SecretError when it is sealed and does not open */
  openProxyUrl({ id, proxyUrl }: Pick<Token, 'id' | 'proxyUrl'>): string | null {
    const isSealed = proxyUrl?.startsWith('v1:') === true;
    return isSealed ? this.box.open(proxyUrl, `${id}/proxy-url`) : proxyUrl;
  }
}

/** As the one who connects reads it: `http:user:password@host` has credentials, too. What is no URL may have some. */
function hasCredentials(url: string): boolean {
  if (!URL.canParse(url)) return true;
  const { username, password } = new URL(url);
  return username !== '' || password !== '';
}

/** The last 4 characters, but never more than half of a secret. */
function endOf(secret: string): string {
  return secret.slice(secret.length - Math.min(4, Math.floor(secret.length / 2)));
}
