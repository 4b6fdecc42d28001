import { once } from 'node:events';
import { connect, isIPv4, isIPv6, type Socket } from 'node:net';

import type { TunnelTarget } from './http-tunnel.js';
import { UpstreamError } from './upstream.errors.js';

const VERSION = 5;
const NO_AUTHENTICATION = 0;
const USER_AND_PASSWORD = 2;
const CONNECT = 1;
const FAILURES: Readonly<Record<number, string>> = {
  1: 'general failure',
  2: 'not allowed by its rules',
  3: 'network unreachable',
  4: 'host unreachable',
  5: 'connection refused',
  6: 'time to live expired',
  7: 'command not supported',
  8: 'address type not supported',
};
/** Those that tell of the host behind the proxy, and not of the proxy. */
const OF_THE_HOST: ReadonlySet<number> = new Set([3, 4, 5, 6]);

/** The proxy works; what is behind it cannot be reached. */
class Unreachable extends Error {}

/**
 * Opens one tunnel through a SOCKS5 proxy (RFC 1928, RFC 1929). Names are resolved by the proxy.
 *
 * @param timeoutMs - for the connection to the proxy with its answers
 * @throws UpstreamError `connect_failed` when the proxy says that it cannot reach the host, otherwise `proxy_failed`
 */
export async function openSocksTunnel(proxy: URL, timeoutMs: number, target: TunnelTarget): Promise<Socket> {
  const host = target.hostname.replace(/^\[|\]$/g, '');
  const port = Number(target.port) || (target.protocol === 'https:' ? 443 : 80);
  const time = AbortSignal.timeout(timeoutMs);
  const socket = connect(Number(proxy.port) || 1080, proxy.hostname.replace(/^\[|\]$/g, ''));
  socket.on('error', () => undefined);
  try {
    await once(socket, 'connect', { signal: time });
    await authenticate(socket, proxy, time);
    await requestConnection(socket, { host, port }, time);
    return socket;
  } catch (cause) {
    socket.destroy();
    const reason = time.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(cause);
    const message = `Proxy ${proxy.host} opened no tunnel to ${host}:${port}: ${reason}.`;
    const code = cause instanceof Unreachable ? 'connect_failed' : 'proxy_failed';
    throw new UpstreamError(code, 'no', message, { cause });
  }
}

async function authenticate(socket: Socket, { username, password }: URL, signal: AbortSignal): Promise<void> {
  const hasCredentials = username !== '' || password !== '';
  const methods = hasCredentials ? [NO_AUTHENTICATION, USER_AND_PASSWORD] : [NO_AUTHENTICATION];
  socket.write(Buffer.from([VERSION, methods.length, ...methods]));
  const [version, method] = await take(socket, 2, signal);
  if (version !== VERSION) throw new Error('it does not speak SOCKS5');
  if (method === NO_AUTHENTICATION) return;
  if (method !== USER_AND_PASSWORD || !hasCredentials) {
    throw new Error(hasCredentials ? 'it takes no user and password' : 'it wants user and password');
  }
  socket.write(credentialsOf(username, password));
  const [, status] = await take(socket, 2, signal);
  if (status !== 0) throw new Error('it refused user and password');
}

function credentialsOf(username: string, password: string): Buffer {
  const parts = [username, password].map((text) => Buffer.from(decodeURIComponent(text)));
  if (parts.some(({ length }) => length > 255)) {
    throw new Error('user and password may have at most 255 bytes each');
  }
  return Buffer.from([1, ...parts.flatMap((part) => [part.length, ...part])]);
}

async function requestConnection(
  socket: Socket,
  { host, port }: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<void> {
  socket.write(Buffer.from([VERSION, CONNECT, 0, ...addressOf(host), port >> 8, port & 0xff]));
  const [, status = 1, , type] = await take(socket, 4, signal);
  if (OF_THE_HOST.has(status)) throw new Unreachable(FAILURES[status]);
  if (status !== 0) throw new Error(FAILURES[status] ?? `answer ${status}`);
  // What it is bound to follows, and is of no use.
  const [length = 0] = type === 1 ? [4] : type === 4 ? [16] : await take(socket, 1, signal);
  await take(socket, length + 2, signal);
}

function addressOf(host: string): readonly number[] {
  if (isIPv4(host)) return [1, ...host.split('.').map(Number)];
  if (isIPv6(host)) return [4, ...bytesOfIPv6(host)];
  const name = Buffer.from(host);
  if (name.length > 255) throw new Error('the name of the host is longer than 255 bytes');
  return [3, name.length, ...name];
}

/** Of an address as URLs spell it: groups in hexadecimal, at most one `::`. */
function bytesOfIPv6(host: string): readonly number[] {
  const [head = '', tail] = host.split('::');
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array<number>(8 - before.length - after.length).fill(0);
  return [...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff]);
}

/**
 * Takes exactly so many bytes; what follows them stays in the socket. It takes all there is and puts the rest back: with
 * less than is wanted left in the socket, whoever listens for more is called at once, again and again.
 */
async function take(socket: Socket, bytes: number, signal: AbortSignal): Promise<Buffer> {
  let taken = Buffer.alloc(0);
  for (;;) {
    const more: unknown = socket.read();
    if (Buffer.isBuffer(more)) taken = Buffer.concat([taken, more]);
    if (taken.length > bytes) socket.unshift(taken.subarray(bytes));
    if (taken.length >= bytes) return taken.subarray(0, bytes);
    if (socket.readableEnded || socket.destroyed) throw new Error('it hung up');
    await untilMore(socket, signal);
  }
}

async function untilMore(socket: Socket, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const events = ['end', 'close', 'readable'].map((event) => once(socket, event, { signal: over.signal }));
  const late = once(signal, 'abort', { signal: over.signal });
  try {
    await Promise.race([...events, late]);
  } finally {
    over.abort();
    await Promise.allSettled([...events, late]);
  }
  signal.throwIfAborted();
}

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
