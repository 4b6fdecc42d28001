/** Options of the token cache. */
export interface TokenCacheOptions {
  /**
   * Pause between two background refreshes, in milliseconds; an integer of at least 1.
   * @defaultValue 30000
   */
  readonly ttlMs?: number;
}

/**
 * Fills in the defaults.
 *
 * @throws RangeError naming the option that is out of bounds
 */
export function resolveTokenCacheOptions(
  options: TokenCacheOptions = {},
): Readonly<Required<TokenCacheOptions>> {
  const { ttlMs = 30_000 } = options;
  if (!Number.isSafeInteger(ttlMs) || ttlMs < 1) {
    throw new RangeError(`ttlMs must be an integer >= 1, got ${ttlMs}`);
  }
  return Object.freeze({ ttlMs });
}
