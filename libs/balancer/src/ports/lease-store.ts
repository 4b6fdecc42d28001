import type { LeaseBounds, LeaseClaim, LeaseScope } from '../lease.js';

/** Hears what may have changed: the leases of a scope, or with `null` those of any. */
export type LeaseListener = (scope: LeaseScope | null, name: string) => void;

/**
 * Port: counts who holds which token, and how often leases begin. Several processes may share one store.
 *
 * Every change is atomic. One that fails has changed nothing, or undoes what it changed itself. A store that decides
 * at once returns the answer itself instead of a promise, which saves its callers a turn of the event loop; it fails by
 * throwing then.
 */
export abstract class LeaseStore {
  /**
   * Takes a lease if that keeps within every bound: of its token, its group and its provider. All checks and counts are
   * one step, whoever else calls at the same time.
   *
   * @returns whether it was taken
   * @throws BalancerError `lease_held` when the holder has a lease already
   */
  abstract reserve(claim: LeaseClaim, bounds: LeaseBounds): boolean | Promise<boolean>;

  /**
   * Takes a lease past any bound, for work that runs on the token already. Does nothing when the holder has this very
   * lease.
   *
   * @param bounds - which rates it counts for
   * @param ageMs - how long ago the work began, for the requests of a minute; at least 0
   * @throws BalancerError `lease_held` when the holder has a lease on another token or kind
   */
  abstract adopt(claim: LeaseClaim, bounds: LeaseBounds, ageMs: number): void | Promise<void>;

  /**
   * Gives a lease back, for the scopes that it was taken for. `false`, and no change, when the holder does not have a
   * lease on this token and kind (any more).
   */
  abstract release(claim: LeaseClaim): boolean | Promise<boolean>;

  /**
   * Leases of a scope, of one kind or of all. What this process knows of it: a shared store may be a little behind.
   * {@link LeaseStore.reserve} alone decides.
   */
  abstract inFlight(scope: LeaseScope, name: string, kind?: string): number;

  /**
   * When the next lease may begin under `perMinute`, in milliseconds on the monotonic clock of this process; a time
   * that is not in the future when it may at once. As far as this process knows. Leases that began without such a bound
   * do not count.
   */
  abstract freeAt(scope: LeaseScope, name: string, perMinute: number): number;

  /** Leases of all tokens, as far as this process knows. */
  abstract get size(): number;

  /**
   * Calls `listener` for each scope of each lease that was taken or given back, by whichever process, once
   * {@link LeaseStore.inFlight} and {@link LeaseStore.freeAt} show the whole change. The listener does not throw.
   * Returns the way to end that.
   */
  abstract onChange(listener: LeaseListener): () => void;
}
