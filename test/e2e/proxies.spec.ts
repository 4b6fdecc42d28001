import {
  startConnectProxy,
  startSocksProxy,
  type ConnectProxy,
  type SocksProxy,
} from 'penstock/upstream/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { openStage, QUICK, type Stage } from '../support/stage.js';
import { startTlsRelay, TRUSTING, type TlsRelay } from '../support/tls-relay.js';

const portOf = (url: string): number => Number(new URL(url).port);

let on: Stage;
let connectProxy: ConnectProxy;
let spare: ConnectProxy;
let socksProxy: SocksProxy;
/** The simulator behind TLS, and the CONNECT proxy behind TLS. */
let origin: TlsRelay;
let secureProxy: TlsRelay;
let counter = 0;

const prompt = (): string => `proxy ${String((counter += 1))}`;
const generated = async (): Promise<void> => {
  const { id } = await on.api.generate(prompt());
  expect(await on.api.end(id)).toMatchObject({ status: 'completed', error: null });
};
const set = async (values: object): Promise<void> => {
  const { headers } = await on.api.request('GET', '/admin/settings/proxy');
  const etag = { 'if-match': headers.get('etag') ?? '' };
  expect((await on.api.request('PUT', '/admin/settings/proxy', values, etag)).status).toBe(200);
};
const tested = async (body: object) => {
  const { status, body: answer } = await on.api.request('POST', '/admin/proxies/test', body);
  expect(status).toBe(200);
  return answer['data'] as Record<string, unknown>[];
};

beforeAll(async () => {
  on = await openStage({ behaviour: QUICK }, TRUSTING);
  on.simulator.control.setCredentials([{ secret: 'sk-one' }]);
  connectProxy = await startConnectProxy();
  spare = await startConnectProxy();
  socksProxy = await startSocksProxy({ credentials: 'me:hunter2' });
  origin = await startTlsRelay(portOf(on.simulator.baseUrl));
  secureProxy = await startTlsRelay(portOf(connectProxy.url));
});
afterAll(async () => {
  await on.close();
  for (const part of [connectProxy, spare, socksProxy, origin, secureProxy]) await part.stop();
});
afterEach(() => {
  expect(on.gateway().output()).not.toContain('hunter2');
  expect(on.gateway().output()).not.toMatch(/"level":(50|60)/);
});

describe('a proxy of a token', () => {
  it.each([
    ['HTTP, by a bare line', () => `127.0.0.1:${String(portOf(connectProxy.url))}:me:hunter2`],
    ['HTTPS', () => `https://me:hunter2@localhost:${String(secureProxy.port)}`],
    ['SOCKS5', () => socksProxy.url.replace('//', '//me:hunter2@')],
  ])('carries TLS to its upstream: %s', async (_, line) => {
    const before = connectProxy.tunnels.length + socksProxy.tunnels.length;
    const baseUrl = `https://localhost:${String(origin.port)}/v1`;
    const id = await on.api.addToken('sk-one', baseUrl, { proxyUrl: line() });
    await generated();
    const { body } = await on.api.request('GET', `/admin/tokens/${id}`);
    expect(JSON.stringify(body)).not.toContain('hunter2');
    expect(body['proxyUrl']).toMatch(/^(http|https|socks5):\/\/(127\.0\.0\.1|localhost):\d+\/?$/);
    expect(connectProxy.tunnels.length + socksProxy.tunnels.length).toBeGreaterThan(before);
    expect((await on.api.request('DELETE', `/admin/tokens/${id}`)).status).toBe(204);
  });
});

describe('POST /admin/proxies/test', () => {
  it('tells which proxies work, and whether the proxy or what lies behind it is at fault', async () => {
    const place = `127.0.0.1:${String(portOf(connectProxy.url))}`;
    const good = `${place}:me:hunter2`;
    const dead = 'http://me:hunter2@127.0.0.1:9';
    const wrong = socksProxy.url.replace('//', '//me:hunter2-is-wrong@');
    const url = `https://localhost:${String(origin.port)}/v1/models`;
    const answers = await tested({ proxies: [good, dead, wrong], url });
    expect(answers).toMatchObject([
      { proxy: `http://${place}`, ok: true, status: 401, challenge: null, error: null },
      { proxy: 'http://127.0.0.1:9', ok: false, status: null, error: { code: 'proxy_failed' } },
      { proxy: socksProxy.url, ok: false, status: null, error: { code: 'proxy_failed' } },
    ]);
    const [behind] = await tested({ proxies: [good], url: 'http://127.0.0.1:9/' });
    expect(behind).toMatchObject({ ok: false, error: { code: expect.stringMatching(/^connect/) as string } });
    expect(JSON.stringify([answers, behind])).not.toContain('hunter2');
  });

  it('tells of an edge that challenges the address of a proxy', async () => {
    on.simulator.control.addFault({ operation: 'models', times: 1, fault: { type: 'edge-challenge' } });
    const [answer] = await tested({ proxies: [connectProxy.url], url: `${on.simulator.baseUrl}/models` });
    expect(answer).toMatchObject({ ok: false, status: 403, challenge: '403 with cf-mitigated: challenge' });
  });

  it.each([
    [{ proxies: ['h.test:1:u:hunter2:x', 'socks4://u:hunter2@h.test'], url: 'http://a.test' }, 'proxies.1'],
    [{ proxies: [], url: 'http://a.test' }, 'proxies'],
    [{ url: 'ftp://a.test' }, 'url'],
    [{ proxies: ['h.test:1'] }, 'url'],
  ])('refuses %j, and names the field', async (body, param) => {
    const { status, body: answer } = await on.api.request('POST', '/admin/proxies/test', body);
    expect([status, answer['error']['param']]).toEqual([400, param]);
    expect(JSON.stringify(answer)).not.toContain('hunter2');
  });
});

describe('the pool', () => {
  const list = async () =>
    (await on.api.request('GET', '/admin/proxies')).body['data'] as Record<string, unknown>[];

  it('takes lines once, is used in turn, sets aside what fails, and blames no token', async () => {
    const secret = { secret: 'sk-pool' };
    on.simulator.control.setCredentials([{ secret: 'sk-one' }, secret]);
    const token = await on.api.addToken(secret.secret, on.simulator.baseUrl);
    const lines = [
      connectProxy.url,
      spare.url.replace('http://', ''),
      connectProxy.url.replace('//', '//me:hunter2@'),
    ];
    const { status, body } = await on.api.request('POST', '/admin/proxies', {
      proxies: [...lines, lines[0]],
    });
    expect([status, body['duplicates'], (body['data'] as unknown[]).length]).toEqual([201, 1, 3]);
    expect((await on.api.request('POST', '/admin/proxies', { proxies: lines })).body['duplicates']).toBe(3);

    await set({ url: 'pool', probePauseMs: 300, longestProbePauseMs: 300 });
    for (let i = 0; i < 3; i += 1) await generated();
    expect(Math.min(connectProxy.tunnels.length, spare.tunnels.length)).toBeGreaterThan(0);

    spare.behave('refuse');
    // Until the gateway knows that its open tunnels are gone.
    await new Promise((resolve) => setTimeout(resolve, 200));
    for (let i = 0; i < 4; i += 1) await generated();
    expect(await list()).toContainEqual(
      expect.objectContaining({ proxy: spare.url, condition: 'challenged' }) as unknown,
    );
    const { body: seen } = await on.api.request('GET', `/admin/tokens/${token}`);
    expect(seen).toMatchObject({ state: 'ready', lastError: null });

    spare.behave('tunnel');
    await expect
      .poll(async () => {
        await generated();
        return (await list()).map(({ condition }) => condition);
      })
      .toEqual(expect.not.arrayContaining(['challenged', 'half_open']));
    expect(JSON.stringify(await list())).not.toContain('hunter2');
    expect((await on.api.request('GET', '/metrics')).body).toMatch(
      /^penstock_proxies\{condition="clear"\} [1-9]/m,
    );
  }, 60_000);

  it('is there after a restart, sealed in the database, and without it nothing goes out', async () => {
    await on.restart('SIGKILL');
    const rows = await list();
    expect(rows).toHaveLength(3);
    for (const { id } of rows) {
      expect((await on.api.request('DELETE', `/admin/proxies/${String(id)}`)).status).toBe(204);
    }
    expect((await on.api.request('DELETE', '/admin/proxies/prx_none')).status).toBe(404);
    const { id } = await on.api.generate(prompt());
    const calls = on.simulator.control.report().calls.total;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(on.simulator.control.report().calls.total).toBe(calls);
    await on.api.request('POST', '/admin/proxies', { proxies: [connectProxy.url] });
    expect((await on.api.end(id)).status).toBe('completed');
  });
});
