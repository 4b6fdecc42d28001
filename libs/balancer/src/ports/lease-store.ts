import type { LeaseClaim } from '../lease.js';

/**
 * Port: counts who holds which token. Several processes may share one store.
 *
 * Every change is atomic. One that rejects has changed nothing, or undoes what it changed itself.
 */
export abstract class LeaseStore {
  /**
   * Takes a lease if fewer than `limit` (`Infinity` for no limit) of the claim's token and kind are taken.
   * The check and the count are one step, whoever else calls at the same time.
   *
   * @returns whether it was taken
   * @throws BalancerError `lease_held` when the holder has a lease already
   */
  abstract reserve(claim: LeaseClaim, limit: number): Promise<boolean>;

  /**
   * Takes a lease past any limit, for work that runs on the token already. Does nothing when the holder has this very
   * lease.
   *
   * @throws BalancerError `lease_held` when the holder has a lease on another token or kind
   */
  abstract adopt(claim: LeaseClaim): Promise<void>;

  /** Gives a lease back. `false`, and no change, when the holder does not have this very lease (any more). */
  abstract release(claim: LeaseClaim): Promise<boolean>;

  /**
   * Leases of a token, of one kind or of all. What this process knows of it: a shared store may be a little behind.
   * {@link LeaseStore.reserve} alone decides.
   */
  abstract inFlight(tokenId: string, kind?: string): number;

  /** Leases of all tokens, as far as this process knows. */
  abstract get size(): number;

  /**
   * Calls `listener` after each release, by whichever process, when {@link LeaseStore.inFlight} shows it.
   * The listener does not throw. Returns the way to end that.
   */
  abstract onRelease(listener: (tokenId: string) => void): () => void;
}
