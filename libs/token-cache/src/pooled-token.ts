/** One credential of the pool, as the request path sees it. Immutable: a change of the row makes a new object. */
export interface PooledToken {
  /** Stable: survives edits, a refresh of the credential and restarts. Never given to another token. */
  readonly id: string;
  /** The name of the provider that it is a credential for. */
  readonly provider: string;
  /** For people. */
  readonly label: string;
  /** Where its API is; `null` for the provider's own base URL. */
  readonly baseUrl: string | null;
  /** `null` for the proxy of the provider, or the global one. */
  readonly proxyUrl: string | null;
  /** The encrypted credential. Only whoever makes the call opens it. */
  readonly sealedSecret: string;
  readonly enabled: boolean;
  /** Most generations at once by kind; a negative number or a kind that is not listed means no limit. */
  readonly limits: Readonly<Record<string, number>>;
  /**
   * Most generations at once of each kind, whatever `limits` say, while it is tried again after errors; an integer of at
   * least 1, or `null` for none.
   */
  readonly rampLimit: number | null;
  /** Most generations that begin within any 60 seconds, of whatever kind; `null` for no limit. */
  readonly requestsPerMinute: number | null;
  /** Share of the work relative to the other tokens, at least 0. With 0 it is taken when no other can be. */
  readonly weight: number;
  /** Tokens of one group use up one account; `null` for an account of its own. */
  readonly quotaGroup: string | null;
  /** What is left of its quota, in the provider's unit; 0 or less when nothing is, `null` where that is unknown. */
  readonly quotaRemaining: number | null;
  /** When its quota is filled up again, in milliseconds since 1970; `null` where that is unknown. */
  readonly quotaResetsAt: number | null;
  /** When the credential stops to be good, in milliseconds since 1970. */
  readonly expiresAt: number | null;
  /** Until when it must be left alone, in milliseconds since 1970. */
  readonly coolingUntil: number | null;
  readonly coolingReason: string | null;
  readonly disabledReason: string | null;
  /** Whether it is off because of errors only: then it is tested now and then, and comes back when it works. */
  readonly recovering: boolean;
  /** Rises with every change of the row. */
  readonly version: number;
}
