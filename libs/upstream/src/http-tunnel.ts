import { isIPv6, Socket } from 'node:net';

import { type buildConnector, Client } from 'undici';

import { UpstreamError } from './upstream.errors.js';

/** Where a tunnel leads. */
export type TunnelTarget = Pick<buildConnector.Options, 'protocol' | 'hostname' | 'port'>;

/** What a proxy answers when it works, and what is behind it does not. */
const OF_THE_HOST: ReadonlySet<number> = new Set([502, 504]);

/**
 * Opens one tunnel with CONNECT through an HTTP or HTTPS proxy.
 *
 * Undici's own `ProxyAgent` is not used: when a proxy accepts a connection and closes it without an answer, it connects
 * again at once and without end. Here such a proxy is one failure.
 *
 * @param timeoutMs - for each step: the connection to the proxy, its answer
 * @throws UpstreamError `connect_failed` when the proxy says that it cannot reach the host, otherwise `proxy_failed`
 */
export async function openHttpTunnel(proxy: URL, timeoutMs: number, target: TunnelTarget): Promise<Socket> {
  const authority = authorityOf(target);
  let status = 0;
  const client = new Client(proxy.origin, {
    connect: { timeout: timeoutMs },
    headersTimeout: timeoutMs,
  });
  try {
    const headers = { host: authority, ...authorization(proxy) };
    const { statusCode, socket } = await client.connect({ path: authority, headers });
    status = statusCode;
    socket.on('error', () => undefined);
    // Undici would take a connection that is closed already for a reason to connect again, without end.
    if (isSuccess(statusCode) && socket instanceof Socket && !socket.destroyed) return socket;
    socket.destroy();
    throw new Error(`it answered CONNECT with ${statusCode}${isSuccess(statusCode) ? ' and hung up' : ''}`);
  } catch (cause) {
    await client.destroy();
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `Proxy ${proxy.host} opened no tunnel to ${authority}: ${reason}.`;
    throw new UpstreamError(OF_THE_HOST.has(status) ? 'connect_failed' : 'proxy_failed', 'no', message, {
      cause,
    });
  }
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

function authorization({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

function authorityOf({ hostname, port, protocol }: TunnelTarget): string {
  const bare = hostname.replace(/^\[|\]$/g, '');
  const host = isIPv6(bare) ? `[${bare}]` : bare;
  return `${host}:${port !== '' ? port : protocol === 'https:' ? '443' : '80'}`;
}
