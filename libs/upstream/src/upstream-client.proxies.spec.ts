import { startConnectProxy, type ConnectProxy } from 'penstock/upstream/testing';
import { afterEach, describe, expect, it } from 'vitest';

import { UpstreamError } from './upstream.errors.js';
import { ImpatientClient, refusedPort } from '../testing/impatient-client.js';

const on = new ImpatientClient();
const { post } = on;

describe('a proxy', () => {
  let proxy: ConnectProxy | undefined;

  afterEach(async () => {
    await proxy?.stop();
  });

  it('carries requests through one tunnel, with its credentials', async () => {
    proxy = await startConnectProxy();
    const proxyUrl = proxy.url.replace('http://', 'http://user:p%40ss@');
    for (let i = 0; i < 3; i += 1) await (await post({ proxyUrl })).text(10);

    const authority = on.server.url.replace('http://', '');
    const authorization = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;
    expect(proxy.tunnels).toEqual([{ authority, authorization }]);
    expect(on.server.connections).toBe(1);
    expect(on.server.requests).toHaveLength(3);
  });

  it('has a session apart from the direct one', async () => {
    proxy = await startConnectProxy();
    await (await post()).text(10);
    await (await post({ proxyUrl: proxy.url })).text(10);

    expect(on.pool.stats()).toMatchObject({ open: 2 });
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
    const baseUrl = on.server.url.replace('http:', scheme);
    await expect(post({ proxyUrl: dropping.url, baseUrl })).rejects.toBeInstanceOf(UpstreamError);

    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(dropping.connections()).toBe(1);
    expect(on.server.requests).toEqual([]);
  });

  it('whose tunnel breaks before TLS is up has lost it, and nothing was sent', async () => {
    proxy = await startConnectProxy('drop');
    const baseUrl = on.server.url.replace('http:', 'https:');
    const failure = await post({ proxyUrl: proxy.url.replace('//', '//user:hunter2@'), baseUrl }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'tunnel_lost', sent: 'no', category: 'unavailable' });
    expect(String(failure)).not.toContain('hunter2');
  });

  it('does TLS to the origin inside the tunnel', async () => {
    proxy = await startConnectProxy();
    const failure = post({ proxyUrl: proxy.url, baseUrl: on.server.url.replace('http:', 'https:') });

    await expect(failure).rejects.toMatchObject({ code: 'connect_failed', sent: 'no' });
    expect(proxy.tunnels).toHaveLength(1);
    expect(on.server.requests).toEqual([]);
  });
});
