import { CodedError, type ErrorCategory } from 'penstock/kernel';

const CATEGORIES = {
  token_load_failed: 'unavailable',
  tokens_not_loaded: 'unavailable',
} as const satisfies Record<string, ErrorCategory>;

/** Codes of {@link TokenCacheError}. */
export type TokenCacheErrorCode = keyof typeof CATEGORIES;

/** The tokens could not be loaded, or are not loaded yet. */
export class TokenCacheError extends CodedError<TokenCacheErrorCode> {
  /** @param cause - what the source failed with */
  static loadFailed(cause: unknown): TokenCacheError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return TokenCacheError.of('token_load_failed', `The tokens could not be loaded: ${reason}`, cause);
  }

  static notLoaded(): TokenCacheError {
    return TokenCacheError.of(
      'tokens_not_loaded',
      'The tokens were asked for before they were loaded. Ask after the module was initialised, or await refresh().',
    );
  }

  private static of(code: TokenCacheErrorCode, message: string, cause?: unknown): TokenCacheError {
    return new TokenCacheError(code, CATEGORIES[code], message, { cause });
  }
}
