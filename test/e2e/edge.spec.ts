import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { QUICK, openStage, type Stage } from '../support/stage.js';

/** Short pauses, so that a probe comes within the test. */
const PAUSES = { probePauseMs: 1_000, longestProbePauseMs: 2_000 };
const LONG = { probePauseMs: 600_000, longestProbePauseMs: 600_000 };

describe('an edge that challenges', () => {
  let on: Stage;
  let counter = 0;

  const set = async (values: object): Promise<void> => {
    const { headers } = await on.api.request('GET', '/admin/settings/edge');
    const etag = headers.get('etag') ?? '';
    const answer = await on.api.request('PATCH', '/admin/settings/edge', values, { 'if-match': etag });
    expect(answer.status).toBe(200);
  };
  const edge = (): string => `/admin/edge/${encodeURIComponent(new URL(on.simulator.baseUrl).origin)}`;
  const generate = (): ReturnType<Stage['api']['generate']> =>
    on.api.generate(`edge ${String((counter += 1))}`);
  const challenged = (): Promise<void> =>
    expect.poll(async () => (await on.api.request('GET', edge())).body['condition']).toBe('challenged');
  const shut = (times?: number): void => {
    const fault = { type: 'edge-challenge' as const };
    for (const operation of ['create', 'retrieve', 'list'] as const) {
      on.simulator.control.addFault({ operation, fault, ...(times === undefined ? {} : { times }) });
    }
  };
  const calls = (): number => on.simulator.control.report().calls.total;

  beforeEach(async () => {
    on = await openStage({ behaviour: QUICK });
    on.simulator.control.setCredentials([{ secret: 'sk-one' }]);
    await on.api.addToken('sk-one', on.simulator.baseUrl);
  });
  afterEach(async () => {
    expect(on.gateway().child.exitCode).toBeNull();
    expect(on.gateway().output()).not.toMatch(/"level":(50|60)/);
    await on.close();
  });

  it('is probed one at a time, keeps generations waiting, says so, and everything recovers', async () => {
    await set(PAUSES);
    shut();
    const generations = await Promise.all(Array.from({ length: 8 }, generate));
    await challenged();
    expect(on.gateway().output()).toContain('No call is sent until a probe passes');
    const before = { calls: calls(), at: performance.now() };
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    // Whatever waits, only probes go out meanwhile: at most one in each shortest pause.
    const pauses = (performance.now() - before.at) / PAUSES.probePauseMs;
    expect(calls() - before.calls).toBeLessThanOrEqual(pauses + 1);

    const { body } = await on.api.request('GET', '/admin/balancer/explain?model=sora-2');
    expect(body['data'][0]).toMatchObject({ verdict: 'edge_challenged' });

    on.simulator.control.removeFault();
    for (const { id } of generations) expect((await on.api.end(id)).status).toBe('completed');
    const { body: sessions } = await on.api.request('GET', '/admin/sessions');
    expect(sessions).toMatchObject({ closing: 0, evicted: 0 });
    expect(JSON.stringify(sessions['data'])).toContain(new URL(on.simulator.baseUrl).origin);
    const { body: metrics } = await on.api.request('GET', '/metrics');
    expect(metrics).toMatch(/^penstock_edges\{condition="clear"\} 1$/m);
    expect(metrics).toMatch(/^penstock_upstream_sessions\{state="open"\} [1-9]/m);
    const { body: after } = await on.api.request('GET', edge());
    expect(after).toMatchObject({ condition: 'clear', clearance: null });
  });

  it('opens at once for a clearance, which is sent and never shown', async () => {
    await set(LONG);
    shut();
    const { id } = await generate();
    await challenged();
    on.simulator.control.removeFault();
    const put = await on.api.request('PUT', edge(), {
      headers: { 'CF-Access-Client-Secret': 'very-secret-pass' },
      cookies: { cf_clearance: 'very-secret-cookie' },
    });
    expect(put.status).toBe(200);
    expect(put.body).toMatchObject({ clearance: { names: ['CF-Access-Client-Secret', 'cf_clearance'] } });
    expect((await on.api.end(id)).status).toBe('completed');
    const list = await on.api.request('GET', '/admin/edge');
    expect(JSON.stringify([put.body, list.body])).not.toContain('very-secret');
    expect(on.gateway().output()).not.toContain('very-secret');
    expect((await on.api.request('DELETE', edge())).status).toBe(204);
    expect((await on.api.request('GET', edge())).status).toBe(404);
  });

  it('lets generations take tokens of other origins', async () => {
    await set(LONG);
    const other = await openStage({ behaviour: QUICK });
    try {
      other.simulator.control.setCredentials([{ secret: 'sk-two' }]);
      shut();
      const first = await generate();
      await challenged();
      await on.api.addToken('sk-two', other.simulator.baseUrl);
      expect((await on.api.end(first.id)).status).toBe('completed');
      expect((await on.api.end((await generate()).id)).status).toBe('completed');
    } finally {
      await other.close();
    }
  });

  it('that shuts while a generation is polled neither ends nor loses it', async () => {
    await set(PAUSES);
    on.simulator.control.setBehaviour({ ...QUICK, duration: { medianMs: 2_000, sigma: 0.1 } });
    const { id } = await generate();
    await on.api.reach(id, 'in_progress');
    shut();
    await challenged();
    on.simulator.control.removeFault();
    expect((await on.api.end(id)).status).toBe('completed');
    const [submission] = on.simulator.control.report().submissions;
    expect(submission).toMatchObject({ calls: 1, jobs: 1 });
  });

  it('takes no clearance that does not fit', async () => {
    const fits = { headers: { 'X-A': 'a' } };
    for (const [origin, body, code] of [
      ['not a url', fits, 'invalid_origin'],
      ['ftp://api.test', fits, 'invalid_origin'],
      ['https://u:p@api.test', fits, 'invalid_origin'],
      ['https://api.test/v1', fits, 'invalid_origin'],
      ['https://api.test', {}, 'missing_required_parameter'],
      ['https://api.test', { headers: { Host: 'evil' } }, 'invalid_value'],
      ['https://api.test', { headers: { 'X-A': 'a\r\nb: c' } }, 'invalid_value'],
      ['https://api.test', { ...fits, ttlMs: 1 }, 'invalid_value'],
    ] as const) {
      const { status, body: answer } = await on.api.request(
        'PUT',
        `/admin/edge/${encodeURIComponent(origin)}`,
        body,
      );
      expect([origin, status, answer['error']['code']]).toEqual([origin, 400, code]);
    }
    expect((await on.api.request('GET', '/admin/edge')).body).toEqual({ data: [] });
  });
});
