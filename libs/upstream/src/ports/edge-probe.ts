/** One look whether an edge lets calls through. */
export interface ProbeRequest {
  readonly origin: string;
  /** The proxy of the calls, with its credentials; `null` for a direct connection. */
  readonly proxyUrl: string | null;
  /** Ends the look. */
  readonly signal: AbortSignal;
}

/** Port: looks whether an edge lets calls through, by one request that changes nothing and holds no credential. */
export abstract class EdgeProbe {
  /** @returns `inconclusive` when no answer came. Bounded in time; what it throws counts as `inconclusive`. */
  abstract probe(request: ProbeRequest): Promise<'passed' | 'challenged' | 'inconclusive'>;
}
