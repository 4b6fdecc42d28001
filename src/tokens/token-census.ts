import type { PooledToken } from 'penstock/token-cache';

import { stateOf, TOKEN_STATES, type TokenState } from './token-state.js';

/** How many tokens are in each state. */
export type TokenCensus = Readonly<Record<TokenState, number>>;

/** Counts the tokens of each provider by state; states that no token is in are 0. */
export function censusOf(tokens: Iterable<PooledToken>, now: number): ReadonlyMap<string, TokenCensus> {
  const byProvider = new Map<string, Record<TokenState, number>>();
  for (const token of tokens) {
    const census = byProvider.get(token.provider) ?? emptyCensus();
    census[stateOf(token, now).state] += 1;
    byProvider.set(token.provider, census);
  }
  return byProvider;
}

/** Sums over providers. */
export function totalOf(byProvider: ReadonlyMap<string, TokenCensus>): TokenCensus {
  const total = emptyCensus();
  for (const census of byProvider.values()) {
    for (const state of TOKEN_STATES) total[state] += census[state];
  }
  return total;
}

function emptyCensus(): Record<TokenState, number> {
  return { ready: 0, cooling: 0, exhausted: 0, expired: 0, disabled: 0 };
}
