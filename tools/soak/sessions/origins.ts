import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One server behind so many origins: to a pool, each address and port is an origin of its own. */
export interface Origins {
  /** The n-th one below {@link MOST_ORIGINS}, such as `http://127.0.3.7:40123`. */
  url(index: number): string;
  /** Connections that are open. */
  openConnections(): Promise<number>;
  close(): Promise<void>;
}

/** So many there are. */
export const MOST_ORIGINS = 64_000;

/** Starts a server on all loopback addresses. Every answer is short but for those under `/slow`, which take a while. */
export async function startOrigins(slowMs = 50): Promise<Origins> {
  const server = createServer((request, response) => {
    const answer = (): void => void response.end('{"status":"in_progress"}');
    if (request.url === '/slow') setTimeout(answer, slowMs);
    else answer();
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: (index) =>
      `http://127.0.${String(Math.floor(index / 250))}.${String((index % 250) + 1)}:${String(port)}`,
    openConnections: () => connectionsOf(server),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const connectionsOf = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.getConnections((error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
  });
