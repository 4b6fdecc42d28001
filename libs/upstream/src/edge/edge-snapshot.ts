/** What an upstream's edge answered instead of the upstream. */
export interface EdgeEvidence {
  /** For people, such as `403 with cf-mitigated: challenge`. Without secrets. */
  readonly reason: string;
  /** What the edge asks to wait; `null` where it does not say. */
  readonly retryAfterMs: number | null;
}

/**
 * - `clear`: calls go through.
 * - `challenged`: none goes out but a probe now and then.
 * - `half_open`: a probe passed, or a clearance was given; one call goes out, and others wait to see how it fares.
 */
export type EdgeCondition = 'clear' | 'challenged' | 'half_open';

/**
 * A way to an upstream. An edge judges whoever comes by where the call comes from, so each proxy is a way of its own.
 */
export interface EdgeWay {
  /** Such as `https://api.example.com`. */
  readonly origin: string;
  /** With its credentials: they may choose the address that the edge sees. `null` for a direct connection. */
  readonly proxyUrl: string | null;
}

/** An edge at one moment. Immutable; times are in milliseconds since 1970. */
export interface EdgeSnapshot {
  /** Such as `https://api.example.com`. */
  readonly origin: string;
  /** Such as `http://proxy.example.com:3128`, without credentials; `null` for a direct connection. */
  readonly proxy: string | null;
  readonly condition: EdgeCondition;
  readonly since: number;
  /** Of the last challenge; `null` when there was none. */
  readonly reason: string | null;
  /** When it is tried again; `null` unless it is challenged. */
  readonly nextProbeAt: number | null;
  readonly probing: boolean;
  /** How often it began to challenge. */
  readonly challenges: number;
  /** Calls that were answered without being sent. */
  readonly refused: number;
  /** Without its values. */
  readonly clearance: {
    /** `operator`, or the name of a plugin. */
    readonly source: string;
    readonly names: readonly string[];
    readonly expiresAt: number;
  } | null;
}
