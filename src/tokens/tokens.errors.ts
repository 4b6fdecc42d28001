import { CodedError, type CodedErrorOptions, type ErrorCategory } from 'penstock/kernel';

import type { Token } from './token.entity.js';

const CATEGORIES = {
  token_not_found: 'not_found',
  provider_not_found: 'invalid_input',
  kind_not_found: 'invalid_input',
  token_exists: 'conflict',
  token_in_use: 'conflict',
  token_changed: 'conflict',
  refresh_unsupported: 'conflict',
} as const satisfies Record<string, ErrorCategory>;

/** Codes of {@link TokenError}. */
export type TokenErrorCode = keyof typeof CATEGORIES;

type RefreshParts = Pick<Token, 'id' | 'provider' | 'sealedRefreshSecret'>;

/** A change of a token that cannot be made. Nothing was changed. */
export class TokenError extends CodedError<TokenErrorCode> {
  static of(code: TokenErrorCode, message: string, options?: CodedErrorOptions): TokenError {
    return new TokenError(code, CATEGORIES[code], message, options);
  }

  static notFound(id: string): TokenError {
    return TokenError.of('token_not_found', `There is no token "${id.slice(0, 100)}".`);
  }

  static providerNotFound(name: string, known: readonly string[]): TokenError {
    const list = known.length === 0 ? 'none: no plugin is loaded' : known.join(', ');
    return TokenError.of(
      'provider_not_found',
      `"provider": got ${JSON.stringify(name)}; known are ${list}.`,
      {
        field: 'provider',
      },
    );
  }

  static kindNotFound(kind: string, provider: string, known: readonly string[]): TokenError {
    const message = `"limits.${kind}": provider "${provider}" makes no "${kind}"; it makes ${known.join(', ')}.`;
    return TokenError.of('kind_not_found', message, { field: `limits.${kind}` });
  }

  static exists(id: string): TokenError {
    return TokenError.of(
      'token_exists',
      `Token ${id} has this secret already, for the same provider and base URL.`,
      {
        field: 'secret',
      },
    );
  }

  /** The database refused a change of `id`, because another token has the secret. */
  static existsElsewhere(id: string, cause: unknown): TokenError {
    const message = `Another token has the secret of ${id} already, for the same provider and base URL.`;
    return TokenError.of('token_exists', message, { field: 'secret', cause });
  }

  static inUse(id: string, generations: number): TokenError {
    const these = generations === 1 ? '1 generation' : `${generations} generations`;
    return TokenError.of(
      'token_in_use',
      `Token ${id} serves ${these} that have not ended. Disable it and wait, or delete it with ?force=true: they then fail.`,
    );
  }

  static refreshUnsupported({ id, provider, sealedRefreshSecret }: RefreshParts): TokenError {
    const lack =
      sealedRefreshSecret === null
        ? `Token ${id} has no refresh secret: set "refreshSecret".`
        : `Provider "${provider}" cannot renew credentials: set a new "secret" instead.`;
    return TokenError.of('refresh_unsupported', lack);
  }

  static changed(id: string): TokenError {
    return TokenError.of('token_changed', `Token ${id} was changed by others over and over. Try again.`, {
      retryAfterMs: 1_000,
    });
  }
}
