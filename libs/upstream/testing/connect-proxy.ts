import { createServer } from 'node:http';
import { connect } from 'node:net';

import { listen } from './test-server.js';

/** A proxy that opens tunnels with CONNECT. */
export interface ConnectProxy {
  readonly url: string;
  /** What was asked for, such as `127.0.0.1:40123`, with the credentials that came along. */
  readonly tunnels: readonly { readonly authority: string; readonly authorization: string | undefined }[];
  /** Connections accepted so far. */
  readonly connections: () => number;
  /** Treats tunnels like this from now on; unless it is `tunnel`, those that are open are cut. */
  behave(behaviour: ProxyBehaviour): void;
  stop(): Promise<void>;
}

/**
 * How a {@link ConnectProxy} treats who asks for a tunnel: `refuse` answers 403, `hang-up` closes without an answer, `silent` never answers, `unreachable` answers that it
 * cannot reach the host, `drop` opens a tunnel and closes it.
 */
export type ProxyBehaviour = 'tunnel' | 'refuse' | 'hang-up' | 'silent' | 'unreachable' | 'drop';

/** Starts a proxy. */
export async function startConnectProxy(first: ProxyBehaviour = 'tunnel'): Promise<ConnectProxy> {
  let behaviour = first;
  const tunnels: { authority: string; authorization: string | undefined }[] = [];
  const server = createServer();
  server.on('connect', (request, client) => {
    const authority = request.url ?? '';
    tunnels.push({ authority, authorization: request.headers['proxy-authorization'] });
    client.on('error', () => undefined);
    if (behaviour === 'hang-up') client.destroy();
    if (behaviour === 'refuse') client.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
    if (behaviour === 'unreachable') client.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n');
    if (behaviour === 'drop') client.end('HTTP/1.1 200 Connection established\r\n\r\n');
    if (behaviour !== 'tunnel') return;
    const target = connect(Number(authority.split(':').at(-1)), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(target).pipe(client);
    });
    target.on('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n'));
    target.on('connect', () => target.on('close', () => client.destroy()));
    client.on('close', () => target.destroy());
  });
  const counted = await listen(server);
  return {
    url: `http://127.0.0.1:${counted.port}`,
    tunnels,
    connections: () => counted.connections,
    behave: (next) => {
      behaviour = next;
      if (next !== 'tunnel') counted.cut();
    },
    stop: counted.stop,
  };
}
