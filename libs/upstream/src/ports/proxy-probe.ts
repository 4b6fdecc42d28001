/** One look whether a proxy opens tunnels. */
export interface ProxyProbeRequest {
  /** With its credentials. */
  readonly proxyUrl: string;
  /** Where the tunnel is to lead, such as `https://api.example.com`. */
  readonly origin: string;
  /** Ends the look. */
  readonly signal: AbortSignal;
}

/** Port: looks whether a proxy opens tunnels, without a request to anybody behind it. */
export abstract class ProxyProbe {
  /** Bounded in time; what it throws counts as `inconclusive`. */
  abstract probe(request: ProxyProbeRequest): Promise<'passed' | 'challenged' | 'inconclusive'>;
}
