import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:net';

import { SystemClock } from 'penstock/kernel';
import {
  startConnectProxy,
  startServer,
  type ConnectProxy,
  type TestServer,
} from 'penstock/upstream/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { SessionPool } from './session-pool.js';
import { UpstreamClient, type UpstreamRequest } from './upstream-client.js';
import { UpstreamError } from './upstream.errors.js';
import { resolveUpstreamOptions } from './upstream.options.js';

let server: TestServer;
let pool: SessionPool;
let client: UpstreamClient;
let listener: (request: IncomingMessage, response: ServerResponse) => unknown;

const clock = new SystemClock();

beforeEach(async () => {
  listener = (_request, response) => response.end('ok');
  server = await startServer((request, response) => listener(request, response));
  pool = new SessionPool(
    clock,
    resolveUpstreamOptions({
      connectionsPerSession: 1,
      headersTimeoutMs: 3_000,
      bodyTimeoutMs: 200,
      connectTimeoutMs: 200,
      closeGraceMs: 10,
    }),
  );
  client = new UpstreamClient(pool, clock);
});

afterEach(async () => {
  await pool.close();
  await server.stop();
});

const post = (more: Partial<UpstreamRequest> = {}) =>
  client.request({
    baseUrl: server.url,
    path: '/videos',
    proxyUrl: null,
    method: 'POST',
    body: { json: { prompt: 'x' } },
    ...more,
  });

/** A port on which nothing listens. */
async function refusedPort(): Promise<number> {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const address = closed.address();
  await new Promise((resolve) => closed.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

describe('a proxy', () => {
  let proxy: ConnectProxy | undefined;

  afterEach(async () => {
    await proxy?.stop();
  });

  it('carries requests through one tunnel, with its credentials', async () => {
    proxy = await startConnectProxy();
    const proxyUrl = proxy.url.replace('http://', 'http://user:p%40ss@');
    for (let i = 0; i < 3; i += 1) await (await post({ proxyUrl })).text(10);

    const authority = server.url.replace('http://', '');
    const authorization = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;
    expect(proxy.tunnels).toEqual([{ authority, authorization }]);
    expect(server.connections).toBe(1);
    expect(server.requests).toHaveLength(3);
  });

  it('has a session apart from the direct one', async () => {
    proxy = await startConnectProxy();
    await (await post()).text(10);
    await (await post({ proxyUrl: proxy.url })).text(10);

    expect(pool.stats()).toMatchObject({ open: 2 });
  });

  it.each(['refuse', 'hang-up', 'silent'] as const)(
    'that does not open a tunnel (%s) is asked once, and nothing was sent',
    async (behaviour) => {
      const failing = (proxy = await startConnectProxy(behaviour));
      const failure = await post({ proxyUrl: failing.url.replace('//', '//user:hunter2@') }).catch(
        (error: unknown) => error,
      );

      expect(failure).toBeInstanceOf(UpstreamError);
      expect(failure).toMatchObject({ code: 'proxy_failed', sent: 'no', category: 'unavailable' });
      expect(String(failure)).not.toContain('hunter2');
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(failing.connections()).toBe(1);
    },
  );

  it('that cannot reach the upstream is no failure of the proxy', async () => {
    proxy = await startConnectProxy('unreachable');
    await expect(post({ proxyUrl: proxy.url })).rejects.toMatchObject({ code: 'connect_failed', sent: 'no' });
    expect(proxy.connections()).toBe(1);
  });

  it('that does not exist is a failure of the proxy', async () => {
    await expect(post({ proxyUrl: `http://127.0.0.1:${await refusedPort()}` })).rejects.toMatchObject({
      code: 'proxy_failed',
      sent: 'no',
    });
  });

  it.each(['http:', 'https:'])('that drops its tunnel (to an %s origin) is asked once', async (scheme) => {
    const dropping = (proxy = await startConnectProxy('drop'));
    const baseUrl = server.url.replace('http:', scheme);
    await expect(post({ proxyUrl: dropping.url, baseUrl })).rejects.toBeInstanceOf(UpstreamError);

    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(dropping.connections()).toBe(1);
    expect(server.requests).toEqual([]);
  });

  it('does TLS to the origin inside the tunnel', async () => {
    proxy = await startConnectProxy();
    const failure = post({ proxyUrl: proxy.url, baseUrl: server.url.replace('http:', 'https:') });

    await expect(failure).rejects.toMatchObject({ code: 'connect_failed', sent: 'no' });
    expect(proxy.tunnels).toHaveLength(1);
    expect(server.requests).toEqual([]);
  });
});
