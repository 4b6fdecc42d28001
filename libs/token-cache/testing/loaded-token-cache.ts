import type { Clock } from 'penstock/kernel';
import { type PooledToken, TokenCache } from 'penstock/token-cache';

import { FakeTokenSource } from './fake-token-source.js';

/** A loaded cache of these tokens without a background refresh; change it with `put` and `remove`. */
export async function loadedTokenCache(
  clock: Clock,
  tokens: readonly PooledToken[] = [],
): Promise<TokenCache> {
  const cache = new TokenCache(new FakeTokenSource(tokens), {}, clock);
  await cache.refresh();
  return cache;
}
