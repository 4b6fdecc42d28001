import type { PooledToken } from 'penstock/token-cache';

/** A token that can serve a request now. Where a group or provider has a limit, one of its tokens stands for all. */
export interface Candidate {
  readonly token: PooledToken;
  /** Its share of the work relative to the others: that of the token. */
  readonly weight: number;
  /** Leases of the pool's kind. */
  readonly inFlight: number;
  /** Most leases of that kind, above `inFlight`; `Infinity` for no limit. */
  readonly limit: number;
  /** When its quota is filled up again, in milliseconds since 1970; `null` where that is unknown or past. */
  readonly quotaResetsAt: number | null;
  /** Where it stands in its selection, which alone sets it; -1 while it is in none. */
  place: number;
  /** What its selection orders it by, kept while it is out of it; -1 at the beginning. */
  rank: number;
  /** When its selection last gave it away, kept while it is out of it; 0 at the beginning. */
  turn: number;
}

/**
 * The tokens of one pool that can serve a request now, in the order of a strategy. Everything is synchronous and takes
 * O(log n) at most. A candidate is in one selection at a time.
 */
export interface Selection<C extends Candidate> {
  /** Takes in a candidate that is not in it. */
  add(candidate: C): void;
  /** Lets go of a candidate that is in it. */
  remove(candidate: C): void;
  /** The candidate, which is in it, has changed. */
  update(candidate: C): void;
  /** The one to be used next, of those in it; `undefined` when there is none. */
  peek(): C | undefined;
  /** The candidate that was next is used. It stays in it, unless it is removed. */
  take(candidate: C): void;
}

/**
 * Port: which of the tokens that can serve a request gets it. Only such are ever offered to it, so it knows nothing of
 * limits, cooldowns and the like; and tokens of weight 0 only while there are no others.
 */
export abstract class BalancingStrategy {
  /** Makes the selection of one pool, empty. Pools do not know of each other. */
  abstract createSelection<C extends Candidate>(): Selection<C>;
}
