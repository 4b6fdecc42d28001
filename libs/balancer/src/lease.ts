/** What a generation needs a token for. */
export interface LeaseRequest {
  /** The id of the generation; a holder has at most one lease at a time. */
  readonly holder: string;
  readonly kind: string;
  /** Names of the providers that have the model. */
  readonly providers: readonly string[];
  /** Decides on the strategy; which tokens can serve it follows from `providers`. */
  readonly model: string;
  /** Only this token, which must be usable like any other; `null` for whichever is free. */
  readonly tokenId: string | null;
  /** Ids of tokens that failed for this generation already. */
  readonly excluded: ReadonlySet<string>;
}

/** A lease in plain values: who holds which token for what. */
export interface LeaseClaim {
  readonly holder: string;
  readonly tokenId: string;
  readonly kind: string;
  /** The quota group that it counts for too; `null` for none. */
  readonly group: string | null;
  /** The provider that it counts for too; `null` where the token is unknown. */
  readonly provider: string | null;
}

/** What a lease counts for. */
export type LeaseScope = 'token' | 'group' | 'provider';

/** How much of one scope may be used. */
export interface LeaseBound {
  /** Most leases of a kind at once; `Infinity` for no limit. */
  readonly atOnce: number;
  /** Most leases, of whatever kind, that begin within any 60 seconds; `Infinity` for no limit. */
  readonly perMinute: number;
}

/** What a new lease must keep within. */
export type LeaseBounds = Readonly<Record<LeaseScope, LeaseBound>>;

/** A scope without limits. */
export const NO_BOUND: LeaseBound = Object.freeze({ atOnce: Infinity, perMinute: Infinity });

/** The right to run one generation on one token. */
export interface Lease extends LeaseClaim {
  /**
   * Gives the lease back. Calling it again does nothing, also when the holder has another lease by then; after a
   * failure (the error of the lease store) calling it again tries again.
   */
  release(): Promise<void>;
}
