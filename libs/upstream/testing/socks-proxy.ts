import { connect, createServer, type Socket } from 'node:net';

import { listen } from './test-server.js';

/** A SOCKS5 proxy that leads every connection to the port of this machine that it names. */
export interface SocksProxy {
  /** Such as `socks5://127.0.0.1:40123`. */
  readonly url: string;
  /** Hosts that were asked for, with ports, as they were spelled. */
  readonly tunnels: readonly string[];
  readonly connections: () => number;
  stop(): Promise<void>;
}

/** How a {@link SocksProxy} behaves. */
export interface SocksBehaviour {
  /** `user:password` that it wants. @defaultValue it wants none */
  readonly credentials?: string;
  /** `refuse` answers that the host is unreachable, `hang-up` closes instead of an answer. @defaultValue tunnel */
  readonly does?: 'tunnel' | 'refuse' | 'hang-up' | 'silent';
}

/** Starts a proxy. It answers byte by byte, so that nobody relies on whole messages. */
export async function startSocksProxy({
  credentials,
  does = 'tunnel',
}: SocksBehaviour = {}): Promise<SocksProxy> {
  const tunnels: string[] = [];
  const server = createServer((client) => {
    client.on('error', () => undefined);
    void serve(client).catch(() => client.destroy());
  });
  const serve = async (client: Socket): Promise<void> => {
    const [, count = 0] = await bytes(client, 2);
    const methods = await bytes(client, count);
    if (does === 'hang-up') client.destroy();
    if (does === 'hang-up' || does === 'silent') return;
    await greet(client, methods, credentials);
    const { name, port } = await destinationOf(client);
    tunnels.push(`${name}:${String(port)}`);
    if (does === 'refuse') client.end(Buffer.from([5, 4, 0, 1, 0, 0, 0, 0, 0, 0]));
    else join(client, port);
  };
  const counted = await listen(server);
  return {
    url: `socks5://127.0.0.1:${counted.port}`,
    tunnels,
    connections: () => counted.connections,
    stop: counted.stop,
  };
}

async function greet(client: Socket, methods: Buffer, credentials: string | undefined): Promise<void> {
  if (credentials === undefined) {
    slowly(client, [5, 0]);
    return;
  }
  slowly(client, [5, methods.includes(2) ? 2 : 0xff]);
  const [, length = 0] = await bytes(client, 2);
  const user = (await bytes(client, length)).toString();
  const [passLength = 0] = await bytes(client, 1);
  const pass = (await bytes(client, passLength)).toString();
  slowly(client, [1, `${user}:${pass}` === credentials ? 0 : 1]);
}

async function destinationOf(client: Socket): Promise<{ readonly name: string; readonly port: number }> {
  const [, , , type] = await bytes(client, 4);
  const [length = 0] = type === 1 ? [4] : type === 4 ? [16] : await bytes(client, 1);
  const host = await bytes(client, length);
  const port = (await bytes(client, 2)).readUInt16BE();
  return { name: type === 3 ? host.toString() : [...host].join('.'), port };
}

function join(client: Socket, port: number): void {
  const target = connect(port, '127.0.0.1', () => {
    slowly(client, [5, 0, 0, 1, 127, 0, 0, 1, 0, 80]);
    client.pipe(target).pipe(client);
  });
  target.on('error', () => client.destroy()).on('close', () => client.destroy());
  client.on('close', () => target.destroy());
}

function slowly(client: Socket, message: readonly number[]): void {
  client.setNoDelay(true);
  for (const byte of message) client.write(Buffer.from([byte]));
}

async function bytes(client: Socket, count: number): Promise<Buffer> {
  let taken = Buffer.alloc(0);
  for (;;) {
    const more: unknown = client.read();
    if (Buffer.isBuffer(more)) taken = Buffer.concat([taken, more]);
    if (taken.length > count) client.unshift(taken.subarray(count));
    if (taken.length >= count) return taken.subarray(0, count);
    await new Promise((resolve, reject) => {
      client.once('readable', resolve).once('close', reject);
    });
  }
}
