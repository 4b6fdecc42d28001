import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Answer, ApiClient, Json } from '../support/api-client.js';
import { openStage, QUICK, type Stage } from '../support/stage.js';

const SECRET = 'sk-operator-Qk3T';

describe('the tokens of an operator', () => {
  let on: Stage;
  let api: ApiClient;

  const post = (path: string, body?: unknown): Promise<Answer> =>
    api.request('POST', `/admin/tokens${path}`, body);
  const tokenOf = async (id: string): Promise<Json> => (await api.request('GET', `/admin/tokens/${id}`)).body;
  const full = (): object => ({
    provider: 'openai-videos',
    label: 'team-a',
    secret: SECRET,
    baseUrl: on.simulator.baseUrl,
    limits: { video: 2 },
    weight: 1,
    quotaGroup: null,
    proxyUrl: null,
    refreshSecret: null,
    expiresAt: null,
    remark: '',
  });
  const withToken = async (more: object, run: (id: string) => Promise<void>): Promise<void> => {
    const { status, body } = await post('', { ...full(), ...more });
    expect(status).toBe(201);
    const id = String(body['id']);
    await run(id).finally(() => api.request('DELETE', `/admin/tokens/${id}?force=true`));
  };

  beforeAll(async () => {
    on = await openStage({ behaviour: QUICK });
    on.simulator.control.setCredentials([{ secret: SECRET }, { secret: 'sk-second' }]);
    api = on.api;
  });
  afterAll(() => on.close());

  it('are added with the names that stay, and never show their secrets', async () => {
    const secrets = { refreshSecret: 'refresh-me', proxyUrl: 'http://user:pass@127.0.0.1:3128' };
    await withToken({ ...secrets, expiresAt: '2099-01-31T12:00:00+01:00' }, async (id) => {
      const token = await tokenOf(id);
      expect(token).toMatchObject({
        id: expect.stringMatching(/^tok_/) as unknown,
        provider: 'openai-videos',
        label: 'team-a',
        state: 'ready',
        reason: null,
        last4: 'Qk3T',
        baseUrl: on.simulator.baseUrl,
        limits: { video: 2 },
        weight: 1,
        quotaGroup: null,
        proxyUrl: 'http://127.0.0.1:3128/',
        expiresAt: '2099-01-31T11:00:00.000Z',
        remark: '',
        counters: { inFlight: 0, submitted: 0, completed: 0, failed: 0, errors: 0, consecutiveErrors: 0 },
      });
      expect(String(token['fingerprint'])).toMatch(/^[0-9a-f]{16,}$/);
      expect(JSON.stringify(token)).not.toMatch(/refresh-me|pass|sk-operator/);
      const { body } = await api.request('GET', '/admin/tokens?provider=openai-videos&state=ready');
      expect(body['data']).toEqual([token]);
    });
  });

  it('are tested, turned off and on', async () => {
    await withToken({}, async (id) => {
      expect((await post(`/${id}/test`)).body).toMatchObject({ valid: true });
      const off = await post(`/${id}/disable`, { reason: 'on holiday' });
      expect(off.body).toMatchObject({ state: 'disabled', reason: 'on holiday', disabledBy: 'operator' });
      const asked = await api.request('POST', '/v1/generations', { model: 'sora-2', input: { prompt: 'x' } });
      expect([asked.status, asked.body['error']['code']]).toEqual([503, 'no_usable_token']);
      expect(asked.headers.get('x-should-retry')).toBe('false');
      expect((await post(`/${id}/test`)).body).toMatchObject({ valid: true, token: { state: 'disabled' } });
      expect((await post(`/${id}/enable`)).body).toMatchObject({ state: 'ready', reason: null });
      expect((await api.end((await api.generate('on again')).id)).status).toBe('completed');
      expect((await tokenOf(id))['counters']).toMatchObject({ submitted: 1, completed: 1, inFlight: 0 });
    });
  });

  it('that are bad are found by a test, and come back with a good secret', async () => {
    await withToken({ secret: 'sk-nobody' }, async (id) => {
      const test = await post(`/${id}/test`);
      expect(test.body).toMatchObject({ valid: false, token: { state: 'disabled', disabledBy: 'machine' } });
      const patched = await api.request('PATCH', `/admin/tokens/${id}`, { secret: SECRET, remark: 'new' });
      expect(patched.body).toMatchObject({ state: 'ready', last4: 'Qk3T', remark: 'new', label: 'team-a' });
    });
    await withToken({ baseUrl: 'http://127.0.0.1:9/v1' }, async (id) => {
      expect((await post(`/${id}/test`)).body).toMatchObject({ valid: null, token: { state: 'ready' } });
    });
  });

  it('are not added twice, one after another or at once', async () => {
    await withToken({}, async (id) => {
      const again = await post('', { ...full(), label: 'other name' });
      expect([again.status, again.body['error']['code']]).toEqual([409, 'token_exists']);
      expect(String(again.body['error']['message'])).toContain(id);
      const slash = await post('', { ...full(), baseUrl: `${on.simulator.baseUrl}/` });
      expect(slash.status).toBe(409);
    });
    const once = { ...full(), secret: 'sk-race' };
    const answers = await Promise.all(Array.from({ length: 6 }, () => post('', once)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    const id = String(answers.find(({ status }) => status === 201)?.body['id']);
    expect((await api.request('DELETE', `/admin/tokens/${id}`)).status).toBe(204);
    expect((await api.request('GET', `/admin/tokens/${id}`)).status).toBe(404);
  });

  it('are not deleted while generations depend on them, unless forced', async () => {
    on.simulator.control.setBehaviour({ duration: { medianMs: 60_000 } });
    const { status, body } = await post('', full());
    expect(status).toBe(201);
    const path = `/admin/tokens/${String(body['id'])}`;
    const { id } = await api.generate('depends on it');
    await api.reach(id, 'in_progress');
    on.simulator.control.setBehaviour(QUICK);
    const refused = await api.request('DELETE', path);
    expect([refused.status, refused.body['error']['code']]).toEqual([409, 'token_in_use']);
    expect((await api.request('DELETE', `${path}?force=true`)).status).toBe(204);
    const end = await api.end(id, 15_000);
    expect([end.status, end.error?.code]).toEqual(['failed', 'token_gone']);
  });

  it('with an expiry in the past are not used', async () => {
    await withToken({ expiresAt: '2020-01-01T00:00:00Z' }, async (id) => {
      expect(await tokenOf(id)).toMatchObject({ state: 'expired' });
      const asked = await api.request('POST', '/v1/generations', { model: 'sora-2', input: { prompt: 'x' } });
      expect([asked.status, asked.body['error']['code']]).toEqual([503, 'no_usable_token']);
      expect(String(asked.body['error']['message'])).toContain('1 expired');
    });
  });

  it('are needed: without any a request is refused at once, with what is wrong', async () => {
    const asked = await api.request('POST', '/v1/videos', { prompt: 'x' });
    expect([asked.status, asked.headers.get('x-should-retry')]).toEqual([503, 'false']);
    expect(String(asked.body['error']['message'])).toContain('no token');
  });
});
