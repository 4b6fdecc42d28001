import type { Socket } from 'node:net';

import { buildConnector } from 'undici';

import { openHttpTunnel, type TunnelTarget } from './http-tunnel.js';
import { openSocksTunnel } from './socks-tunnel.js';
import { UpstreamError } from './upstream.errors.js';

/** A connection that ended or stayed silent. What else stops TLS, such as a certificate, comes from the origin. */
const LOST: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT']);

/**
 * Opens one tunnel through a proxy.
 *
 * @param timeoutMs - for each step: the connection to the proxy, its answer
 * @throws UpstreamError `connect_failed` when the proxy says that it cannot reach the host, otherwise `proxy_failed`
 */
export function openTunnel(proxy: URL, timeoutMs: number, target: TunnelTarget): Promise<Socket> {
  const open = proxy.protocol === 'socks5:' ? openSocksTunnel : openHttpTunnel;
  return open(proxy, timeoutMs, target);
}

/**
 * Makes connections through tunnels of a proxy, for plain and for TLS origins alike. A proxy that fails is asked once for
 * each attempt to connect. The callback gets what {@link openTunnel} throws, and `tunnel_lost` when the tunnel breaks before TLS is up.
 *
 * @param timeoutMs - for each step: the connection to the proxy, its answer, TLS to the origin
 */
export function tunnelThrough(proxy: URL, timeoutMs: number): buildConnector.connector {
  const secure = buildConnector({ timeout: timeoutMs });
  return (target, callback) => {
    openTunnel(proxy, timeoutMs, target).then(
      (socket) => {
        if (target.protocol !== 'https:') callback(null, socket);
        else
          secure({ ...target, httpSocket: socket }, (error, secured) => {
            if (error === null) callback(null, secured);
            else callback(orLost(error, proxy, target), null);
          });
      },
      (error: unknown) => {
        callback(error instanceof Error ? error : new Error(String(error)), null);
      },
    );
  };
}

function orLost(error: Error, proxy: URL, { hostname }: TunnelTarget): Error {
  if (!('code' in error) || !LOST.has(error.code)) return error;
  const message = `The tunnel of proxy ${proxy.host} to ${hostname} broke before TLS was up: ${error.message}.`;
  return new UpstreamError('tunnel_lost', 'no', message, { cause: error });
}
