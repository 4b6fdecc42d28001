import { createServer, type AddressInfo } from 'node:net';

import { ManualClock } from 'penstock/kernel/testing';
import {
  startServer,
  startSocksProxy,
  type SocksBehaviour,
  type TestServer,
} from 'penstock/upstream/testing';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';

import { SessionPool } from './session-pool.js';
import { UpstreamClient } from './upstream-client.js';
import { resolveUpstreamOptions } from './upstream.options.js';

let server: TestServer;
let pool: SessionPool;

beforeEach(async () => {
  server = await startServer((request, response) =>
    response.end(`${String(request.headers.host)} says hello`),
  );
  pool = new SessionPool(
    new ManualClock(),
    resolveUpstreamOptions({ connectTimeoutMs: 1_000, connectionsPerSession: 1 }),
  );
});
afterEach(async () => {
  server.cut();
  await pool.close();
  await server.stop();
});

const proxyThat = async (behaviour: SocksBehaviour) => {
  const proxy = await startSocksProxy(behaviour);
  onTestFinished(() => proxy.stop());
  return proxy;
};
const port = (): string => new URL(server.url).port;
const get = async (proxyUrl: string, host = '127.0.0.1'): Promise<string> => {
  const client = new UpstreamClient(pool, new ManualClock());
  const request = { baseUrl: `http://${host}:${port()}`, path: '/', proxyUrl, method: 'GET' as const };
  return (await client.request(request)).text(1_000);
};

describe('a SOCKS5 proxy', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['only-the-proxy-knows.test', 'only-the-proxy-knows.test'],
    ['[::1]', '0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1'],
    ['[2001:db8::1:0]', '32.1.13.184.0.0.0.0.0.0.0.0.0.1.0.0'],
  ])('leads to %s, and its connection is used again', async (host, asked) => {
    const proxy = await proxyThat({});
    for (let i = 0; i < 3; i++) expect(await get(proxy.url, host)).toBe(`${host}:${port()} says hello`);
    expect(proxy.tunnels).toEqual([`${asked}:${port()}`]);
    expect(server.connections).toBe(1);
  });

  it('gets user and password, decoded', async () => {
    const proxy = await proxyThat({ credentials: 'us:er:p@ss' });
    const { host } = new URL(proxy.url);
    expect(await get(`socks5://us%3Aer:p%40ss@${host}`)).toContain('hello');
  });

  it.each<[string, SocksBehaviour, string, string]>([
    ['refuses the credentials', { credentials: 'a:b' }, 'a:wrong@', 'it refused user and password'],
    ['wants credentials', { credentials: 'a:b' }, '', 'it wants user and password'],
    ['hangs up', { does: 'hang-up' }, '', 'it hung up'],
    ['is silent', { does: 'silent' }, '', 'no answer within 1000 ms'],
  ])('that %s is one failure, before anything was sent', async (_, behaviour, credentials, reason) => {
    const proxy = await proxyThat(behaviour);
    const { host } = new URL(proxy.url);
    const error = await get(`socks5://${credentials}${host}`).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'proxy_failed', sent: 'no' });
    expect(String(error)).toContain(reason);
    expect(String(error)).not.toContain('wrong');
    expect(proxy.connections()).toBe(1);
    expect(server.requests).toEqual([]);
  });

  it('that cannot reach the host is no failure of the proxy', async () => {
    const proxy = await proxyThat({ does: 'refuse' });
    await expect(get(proxy.url)).rejects.toMatchObject({ code: 'connect_failed', sent: 'no' });
    await expect(get(proxy.url)).rejects.toThrow('host unreachable');
    expect(server.requests).toEqual([]);
  });

  it('that sends half of an answer and then nothing holds nobody up', async () => {
    const half = createServer((socket) => socket.on('error', () => undefined).write(Buffer.from([5])));
    await new Promise<void>((resolve) => half.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void half.close());
    const { port: at } = half.address() as AddressInfo;
    await expect(get(`socks5://127.0.0.1:${String(at)}`)).rejects.toThrow('no answer within 1000 ms');
  });
});
