import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';

/** An HTTP server on a port of its own, which counts what reaches it. */
export interface TestServer {
  /** Such as `http://127.0.0.1:40123`. */
  readonly url: string;
  /** Connections accepted so far. */
  readonly connections: number;
  /** Connections that are open. */
  readonly openConnections: number;
  /** Heads of the requests received so far, oldest first. */
  readonly requests: readonly { readonly method: string; readonly url: string }[];
  /** Cuts every open connection. */
  cut(): void;
  stop(): Promise<void>;
}

/** Starts a server that answers with `listener`. An error of the listener is answered with status 500. */
export async function startServer(
  listener: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<TestServer> {
  const requests: { method: string; url: string }[] = [];
  const answer: RequestListener = (request, response) => {
    requests.push({ method: request.method ?? '', url: request.url ?? '' });
    Promise.resolve(listener(request, response)).catch((error: unknown) => {
      response.statusCode = 500;
      response.end(String(error));
    });
  };
  const counted = await listen(createServer(answer));
  return Object.assign(counted, { requests, url: `http://127.0.0.1:${counted.port}` });
}

/** Lets a server listen and keeps an account of its sockets. */
export async function listen(
  server: Server,
): Promise<Omit<TestServer, 'url' | 'requests'> & { port: number }> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const stop = async (): Promise<void> => {
    cut();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    get openConnections() {
      return sockets.size;
    },
    cut,
    stop,
  };
}
