import type { PooledToken } from 'penstock/token-cache';

/** A token that can serve the request now. */
export interface Candidate {
  readonly token: PooledToken;
  /** Leases of the request's kind. */
  readonly inFlight: number;
  /** Most leases of that kind, above `inFlight`; `Infinity` for no limit. */
  readonly limit: number;
}

/** The tokens of the request's providers by position. */
export interface CandidatePool {
  /** At least 1. */
  readonly size: number;
  /** The token at an integer position in [0, `size`), or `undefined` if it cannot serve the request now. */
  at(position: number): Candidate | undefined;
}

/**
 * Port: which of the tokens that can serve a request gets it. Both methods are synchronous and quick; the pool and the
 * candidates are valid during the call only.
 */
export abstract class BalancingStrategy {
  /**
   * Looks at a bounded number of positions (at most 64, however large the pool is) and picks one of the candidates
   * that it saw; `undefined` when it saw none.
   */
  abstract probe(pool: CandidatePool): Candidate | undefined;

  /** Picks among all candidates, in the rare case that probing saw none. */
  abstract choose(candidates: readonly [Candidate, ...Candidate[]]): Candidate;
}
