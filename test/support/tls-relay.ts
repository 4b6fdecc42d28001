import { readFileSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { fileURLToPath } from 'node:url';

const file = (name: string): string => fileURLToPath(new URL(`../fixtures/tls/${name}.pem`, import.meta.url));

/** Makes a process trust {@link startTlsRelay}. */
export const TRUSTING = { NODE_EXTRA_CA_CERTS: file('cert') };

/** Speaks TLS in front of a server of this machine, as `127.0.0.1` and `localhost`. */
export interface TlsRelay {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts a relay to `port`. */
export async function startTlsRelay(port: number): Promise<TlsRelay> {
  const open = new Set<{ destroy(): unknown }>();
  const server = createServer(
    { cert: readFileSync(file('cert')), key: readFileSync(file('key')) },
    (client) => {
      const target = connect(port, '127.0.0.1');
      for (const socket of [client, target]) {
        open.add(socket);
        socket.on('error', () => undefined);
      }
      client.on('close', () => target.destroy());
      target.on('close', () => client.destroy());
      client.pipe(target).pipe(client);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
