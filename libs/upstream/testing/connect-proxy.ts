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
  stop(): Promise<void>;
}

/**
 * Starts a proxy.
 *
 * @param behaviour - `refuse` answers 403, `hang-up` closes without an answer, `silent` never answers, `drop` opens a
 *   tunnel and closes it
 */
export async function startConnectProxy(
  behaviour: 'tunnel' | 'refuse' | 'hang-up' | 'silent' | 'drop' = 'tunnel',
): Promise<ConnectProxy> {
  const tunnels: { authority: string; authorization: string | undefined }[] = [];
  const server = createServer();
  server.on('connect', (request, client) => {
    const authority = request.url ?? '';
    tunnels.push({ authority, authorization: request.headers['proxy-authorization'] });
    client.on('error', () => undefined);
    if (behaviour === 'hang-up') client.destroy();
    if (behaviour === 'refuse') client.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
    if (behaviour === 'drop') client.end('HTTP/1.1 200 Connection established\r\n\r\n');
    if (behaviour !== 'tunnel') return;
    const target = connect(Number(authority.split(':').at(-1)), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(target).pipe(client);
    });
    target.on('error', () => client.destroy());
    target.on('close', () => client.destroy());
    client.on('close', () => target.destroy());
  });
  const counted = await listen(server);
  return {
    url: `http://127.0.0.1:${counted.port}`,
    tunnels,
    connections: () => counted.connections,
    stop: counted.stop,
  };
}
