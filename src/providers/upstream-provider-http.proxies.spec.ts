import { ManualClock } from 'penstock/kernel/testing';
import { ProviderError, type ProviderFailure } from 'penstock/plugin-api';
import { ProxyStates, UpstreamClient } from 'penstock/upstream';
import { ScriptedProxyProbe, startConnectProxy, type ConnectProxy } from 'penstock/upstream/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { OpenGate } from './edge-gate.js';
import { redactorOf } from './redactor.js';
import { ProviderHttpBench, SUBMIT } from './testing/provider-http-bench.js';
import { UpstreamProviderHttp } from './upstream-provider-http.js';

const on = new ProviderHttpBench();
let proxy: ConnectProxy;
let proxies: ProxyStates;

beforeEach(async () => {
  proxy = await startConnectProxy();
  proxies = new ProxyStates({
    clock: new ManualClock(),
    probe: new ScriptedProxyProbe(),
    options: () => ({ probePauseMs: 1_000, longestProbePauseMs: 1_000 }),
  });
});
afterEach(async () => {
  proxies.close();
  await proxy.stop();
});

/** Submits through the proxy. @returns the failure; `null` when an answer came */
async function submit(baseUrl = `${on.server.url}/v1`): Promise<ProviderFailure | null> {
  const binding = {
    baseUrl,
    proxyUrls: [proxy.url],
    signal: new AbortController().signal,
    redact: redactorOf(''),
  };
  const client = new UpstreamClient(on.pool, on.clock);
  const http = new UpstreamProviderHttp(client, on.clock, binding, new OpenGate(), proxies);
  try {
    await http.json(SUBMIT);
    return null;
  } catch (error) {
    if (error instanceof ProviderError) return error.failure;
    throw error;
  }
}
const secure = (): string => on.server.url.replace('http:', 'https:');

describe('a proxy', () => {
  it.each(['refuse', 'hang-up'] as const)('that opens no tunnel (%s) is to blame', async (behaviour) => {
    proxy.behave(behaviour);
    expect(await submit()).toEqual({ kind: 'transient', retryAfterMs: null, of: 'proxy' });
    expect(await submit()).toMatchObject({ kind: 'transient', of: 'proxy', retryAfterMs: 1_000 });
    expect(proxy.tunnels).toHaveLength(1);
  });

  it('that says it cannot reach the upstream is not', async () => {
    proxy.behave('unreachable');
    expect(await submit()).toEqual({ kind: 'transient', retryAfterMs: null });
    expect(proxies.asideUntil(proxy.url)).toBeNull();
  });

  it('that drops its tunnels before TLS is up is to blame, and set aside by the third', async () => {
    proxy.behave('drop');
    for (let i = 0; i < 3; i += 1)
      expect(await submit(secure())).toEqual({ kind: 'transient', retryAfterMs: null, of: 'proxy' });
    expect(await submit(secure())).toMatchObject({ kind: 'transient', of: 'proxy', retryAfterMs: 1_000 });
    expect(proxy.tunnels).toHaveLength(3);
  });

  it('that worked until it dropped its tunnels is to blame from the second one on', async () => {
    expect(await submit()).toBeNull();
    proxy.behave('drop');
    expect(await submit(secure())).toEqual({ kind: 'transient', retryAfterMs: null });
    expect(await submit(secure())).toEqual({ kind: 'transient', retryAfterMs: null, of: 'proxy' });
    proxy.behave('tunnel');
    expect(await submit()).toBeNull();
    proxy.behave('drop');
    expect(await submit(secure())).toEqual({ kind: 'transient', retryAfterMs: null });
  });

  it('whose upstream hangs up after the request leaves it open whether there is a job', async () => {
    on.listener = (request) => request.socket.destroy();
    expect(await submit()).toEqual({ kind: 'ambiguous', of: 'proxy' });
    expect(on.server.requests).toHaveLength(1);
  });
});
