import {
  startConnectProxy,
  startSocksProxy,
  type ConnectProxy,
  type ProxyBehaviour,
} from 'penstock/upstream/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { FaultOf } from '../../tools/upstream-simulator/core/fault.js';
import { openStage, QUICK, type Stage } from '../support/stage.js';
import { startTlsRelay, TRUSTING } from '../support/tls-relay.js';

const PAUSE_MS = 1_000;
const PAUSES = { probePauseMs: PAUSE_MS, longestProbePauseMs: PAUSE_MS };
/** How long a trouble lasts once it is noticed. */
const LASTS_MS = 2_500;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

let on: Stage;
let counter = 0;

const set = async (section: 'edge' | 'proxy', values: object): Promise<void> => {
  const path = `/admin/settings/${section}`;
  const { headers } = await on.api.request('GET', path);
  const answer = await on.api.request('PATCH', path, values, { 'if-match': headers.get('etag') ?? '' });
  expect(answer.status).toBe(200);
};
const begin = (count: number): Promise<readonly { readonly id: string }[]> =>
  Promise.all(Array.from({ length: count }, () => on.api.generate(`trouble ${String((counter += 1))}`)));
const verdicts = async (): Promise<readonly string[]> => {
  const { body } = await on.api.request('GET', '/admin/balancer/explain?model=sora-2');
  return (body['data'] as readonly { verdict: string }[]).map(({ verdict }) => verdict);
};
const noticed = (): Promise<void> => expect.poll(verdicts, { timeout: 20_000 }).toEqual(['edge_challenged']);
const calls = (): number => on.simulator.control.report().calls.total;

/** While the trouble lasts, `attempts` must not rise faster than probes, and what follows one, may go out: one at a time. */
async function lastsWithoutHammering(attempts: () => number, ofEach = 1): Promise<void> {
  await noticed();
  // What was on its way when the trouble began has come back.
  await sleep(PAUSE_MS);
  const before = { attempts: attempts(), at: performance.now() };
  await sleep(LASTS_MS);
  const pauses = (performance.now() - before.at) / PAUSE_MS;
  expect(attempts() - before.attempts).toBeLessThanOrEqual(ofEach * (pauses + 1));
}

/** Waiting work is told: it is there, in the queue, and when to ask again. What is a probe just now waits a little later. */
async function isTold(id: string): Promise<void> {
  const read = () => on.api.request('GET', `/v1/generations/${id}`);
  await expect.poll(async () => (await read()).body).toMatchObject({ status: 'queued', error: null });
  expect(Number((await read()).headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
}

async function allComplete(generations: readonly { readonly id: string }[]): Promise<void> {
  for (const { id } of generations)
    expect(await on.api.end(id)).toMatchObject({ status: 'completed', error: null });
  expect(on.simulator.control.report().submissions.every(({ jobs }) => jobs === 1)).toBe(true);
  expect(await verdicts()).toEqual(['ready']);
}

beforeEach(async () => {
  on = await openStage({ behaviour: QUICK }, TRUSTING);
  on.simulator.control.setCredentials([{ secret: 'sk-one' }]);
  await set('edge', PAUSES);
  await set('proxy', PAUSES);
});
afterEach(async () => {
  expect(on.gateway().child.exitCode).toBeNull();
  expect(on.gateway().output()).not.toMatch(/"level":(50|60)|hunter2/);
  await on.close();
});

describe('an edge', () => {
  const edge = (): string => `/admin/edge/${encodeURIComponent(new URL(on.simulator.baseUrl).origin)}`;
  const shut = (form: FaultOf<'edge-challenge'>['form'] = 'challenge'): void => {
    for (const operation of ['create', 'retrieve', 'list', 'models'] as const)
      on.simulator.control.addFault({ operation, fault: { type: 'edge-challenge', form } });
  };
  const open = (): void => {
    on.simulator.control.removeFault();
  };
  const give = (ttlMs?: number): Promise<{ readonly status: number }> =>
    on.api.request('PUT', edge(), {
      cookies: { cf_clearance: 'hunter2' },
      ...(ttlMs === undefined ? {} : { ttlMs }),
    });
  const clearance = async (): Promise<unknown> => (await on.api.request('GET', edge())).body['clearance'];

  beforeEach(async () => {
    await on.api.addToken('sk-one', on.simulator.baseUrl);
  });

  it.each(['challenge', 'block', 'limit'] as const)(
    'that answers submissions with its %s is not hammered, and all recovers',
    async (form) => {
      shut(form);
      const generations = await begin(6);
      await lastsWithoutHammering(calls);
      await isTold(generations[0]?.id ?? '');
      open();
      await allComplete(generations);
    },
  );

  it('that challenges polls is not hammered, and no generation ends by it', async () => {
    on.simulator.control.setBehaviour({ ...QUICK, duration: { medianMs: 3_000, sigma: 0.1 } });
    const generations = await begin(6);
    for (const { id } of generations) await on.api.reach(id, 'in_progress');
    shut();
    await lastsWithoutHammering(calls);
    open();
    await allComplete(generations);
  });

  it('that goes on to challenge a clearance has it dropped, and is not hammered', async () => {
    shut();
    const generations = await begin(4);
    await noticed();
    expect((await give()).status).toBe(200);
    await expect.poll(clearance).toBeNull();
    await lastsWithoutHammering(calls);
    open();
    await allComplete(generations);
  });

  it('whose clearance expires meanwhile is opened by the next', async () => {
    shut();
    const generations = await begin(4);
    await noticed();
    await give(1_500);
    await expect.poll(clearance).toBeNull();
    open();
    expect((await give()).status).toBe(200);
    await allComplete(generations);
  });
});

describe('a proxy', () => {
  let proxy: ConnectProxy;
  beforeEach(async () => {
    proxy = await startConnectProxy();
  });
  afterEach(() => proxy.stop());

  it.each<ProxyBehaviour>(['refuse', 'hang-up'])(
    'that comes to %s is set aside, is not hammered, and all recovers',
    async (behaviour) => {
      await on.api.addToken('sk-one', on.simulator.baseUrl, { proxyUrl: proxy.url });
      await allComplete(await begin(1));
      proxy.behave(behaviour);
      await sleep(200);
      const generations = await begin(4);
      await lastsWithoutHammering(() => proxy.tunnels.length);
      await isTold(generations[0]?.id ?? '');
      proxy.behave('tunnel');
      await allComplete(generations);
    },
  );

  it('that opens tunnels and drops them is set aside, and costs the token nothing', async () => {
    const origin = await startTlsRelay(Number(new URL(on.simulator.baseUrl).port));
    try {
      const baseUrl = `https://localhost:${String(origin.port)}/v1`;
      const id = await on.api.addToken('sk-one', baseUrl, { proxyUrl: proxy.url });
      await allComplete(await begin(1));
      proxy.behave('drop');
      await sleep(200);
      const generations = await begin(4);
      // Of each pause, the probe passes: the proxy does open a tunnel. The one call after it finds out.
      await lastsWithoutHammering(() => proxy.tunnels.length, 2);
      await isTold(generations[0]?.id ?? '');
      const { body } = await on.api.request('GET', `/admin/tokens/${id}`);
      expect(body).toMatchObject({ state: 'ready', reason: null });
      expect(body['counters']['consecutiveErrors']).toBeLessThanOrEqual(1);
      proxy.behave('tunnel');
      await allComplete(generations);
      expect(on.gateway().output()).not.toContain('was turned off');
    } finally {
      await origin.stop();
    }
  });

  it('that dies is set aside, and one that takes its place serves what waits', async () => {
    const id = await on.api.addToken('sk-one', on.simulator.baseUrl, { proxyUrl: proxy.url });
    await allComplete(await begin(1));
    await proxy.stop();
    const generations = await begin(4);
    await noticed();
    await isTold(generations[0]?.id ?? '');
    proxy = await startConnectProxy();
    expect((await on.api.request('PATCH', `/admin/tokens/${id}`, { proxyUrl: proxy.url })).status).toBe(200);
    await allComplete(generations);
  });

  it('that does not take its password is set aside until it has the right one', async () => {
    const socks = await startSocksProxy({ credentials: 'me:right' });
    const at = (password: string): string => socks.url.replace('//', `//me:${password}@`);
    try {
      const id = await on.api.addToken('sk-one', on.simulator.baseUrl, { proxyUrl: at('hunter2') });
      const generations = await begin(4);
      await noticed();
      const patched = await on.api.request('PATCH', `/admin/tokens/${id}`, { proxyUrl: at('right') });
      expect(patched.status).toBe(200);
      await allComplete(generations);
    } finally {
      await socks.stop();
    }
  });
});
