import { ProxyProbe, type ProxyProbeRequest } from '../ports/proxy-probe.js';
import { UpstreamError } from '../upstream.errors.js';
import { parseProxyUrl } from '../address.js';
import { openTunnel } from '../tunnel.js';

/** Asks a proxy for a tunnel, and closes it: nothing is sent through it. */
export class TunnelProbe extends ProxyProbe {
  /** @param timeoutMs - for each step: the connection to the proxy, its answer */
  constructor(private readonly timeoutMs = 5_000) {
    super();
  }

  override async probe({ proxyUrl, origin }: ProxyProbeRequest): Promise<'passed' | 'challenged'> {
    const proxy = parseProxyUrl(proxyUrl);
    const { protocol, hostname, port } = new URL(origin);
    try {
      const tunnel = await openTunnel(proxy, this.timeoutMs, { protocol, hostname, port });
      tunnel.destroy();
      return 'passed';
    } catch (error) {
      // A proxy that says it cannot reach the upstream works.
      return error instanceof UpstreamError && error.code === 'connect_failed' ? 'passed' : 'challenged';
    }
  }
}
