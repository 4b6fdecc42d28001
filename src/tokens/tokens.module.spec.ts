import { DatabasePool } from 'penstock/database';
import { describe, expect, it } from 'vitest';

import { BODY, TokensApp, usage } from './testing/tokens-app.js';
import { TokenSecrets } from './token-secrets.js';
import { tokenSchema } from './tokens.schemas.js';

describe('TokensModule', () => {
  const on = new TokensApp();
  const { post, patch, read, pooled, health, make } = on;

  it('adds a token with every default, ready in the pool at once', async () => {
    const token = await make();
    expect(token).toEqual({
      id: expect.stringMatching(/^tok_[0-9a-f]{24}$/) as string,
      provider: 'acme',
      label: 'team-a',
      state: 'ready',
      reason: null,
      disabledBy: null,
      disabledAt: null,
      coolingUntil: null,
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      last4: '7890',
      hasRefreshSecret: false,
      baseUrl: null,
      proxyUrl: null,
      limits: {},
      rampLimit: null,
      requestsPerMinute: null,
      weight: 1,
      quotaGroup: null,
      expiresAt: null,
      quota: null,
      remark: '',
      counters: { inFlight: 3, submitted: 0, completed: 0, failed: 0, errors: 0, consecutiveErrors: 0 },
      today: { submitted: 0, completed: 0, failed: 0, errors: 0 },
      lastError: null,
      lastUsedAt: null,
      createdAt: new Date(on.test.clock.now()).toISOString(),
      updatedAt: new Date(on.test.clock.now()).toISOString(),
    });
    const inPool = pooled(token.id);
    expect(inPool).toMatchObject({ label: 'team-a', enabled: true, version: 1 });
    expect(inPool && on.test.app.get(TokenSecrets).open(inPool)).toBe('good-secret-7890');
  });

  it('takes the body of the issue, loopback addresses and proxies with passwords, which it never shows', async () => {
    const answer = await post({
      ...BODY,
      baseUrl: 'http://127.0.0.1:9000/v1/',
      limits: { video: 2 },
      weight: 1,
      quotaGroup: null,
      proxyUrl: 'http://user:hunter2@127.0.0.1:3128',
      refreshSecret: 'refresh-me-please',
      expiresAt: '2027-01-31T13:00:00+01:00',
      remark: '',
    });
    expect(answer.text).not.toMatch(/hunter2|refresh-me/);
    const token = tokenSchema.parse(answer.body);
    expect(token).toMatchObject({
      baseUrl: 'http://127.0.0.1:9000/v1',
      proxyUrl: 'http://127.0.0.1:3128/',
      limits: { video: 2 },
      hasRefreshSecret: true,
      expiresAt: '2027-01-31T12:00:00.000Z',
    });
    expect(pooled(token.id)?.proxyUrl).toBe('http://user:hunter2@127.0.0.1:3128');
    const rows: unknown = await on.test.app
      .get(DatabasePool)
      .read((manager) => manager.query('SELECT * FROM tokens'));
    expect(JSON.stringify(rows)).not.toMatch(/hunter2|refresh-me|secret-7890/);
  });

  it.each([
    [{ provider: 'acne' }, 'provider', 'provider_not_found', '"provider": got "acne"; known are acme.'],
    [
      { limits: { audio: 1 } },
      'limits.audio',
      'kind_not_found',
      'provider "acme" makes no "audio"; it makes video.',
    ],
    [
      { limits: { video: 'two' } },
      'limits.video',
      'invalid_value',
      '"limits.video": got "two"; expected number.',
    ],
    [{ limits: { video: -2 } }, 'limits.video', 'invalid_value', 'expected number to be >=-1.'],
    [
      { secret: '' },
      'secret',
      'invalid_value',
      '"secret": got a value that is not shown; expected string to have >=1 characters.',
    ],
    [{ secret: undefined }, 'secret', 'missing_required_parameter', '"secret" is missing; expected string.'],
    [
      { baseUrl: 'ftp://x' },
      'baseUrl',
      'invalid_value',
      'expected an http(s) URL without user, query and fragment',
    ],
    [{ baseUrl: 'http://u:p@x' }, 'baseUrl', 'invalid_value', 'expected an http(s) URL without user'],
    [
      { proxyUrl: 'socks4://u:hunter2@x' },
      'proxyUrl',
      'invalid_value',
      '"proxyUrl": got a value that is not shown; expected',
    ],
    [
      { expiresAt: 'tomorrow' },
      'expiresAt',
      'invalid_value',
      'got "tomorrow"; expected a time such as 2027-01-31T12:00:00Z.',
    ],
    [{ weight: 1e9 }, 'weight', 'invalid_value', '"weight": got 1000000000; expected number to be <=1000.'],
    [{ wieght: 2 }, 'wieght', 'unknown_parameter', '"wieght" is not known here. Did you mean "weight"?'],
  ])('refuses %j', async (changes, param, code, message) => {
    const answer = await post({ ...BODY, ...changes });
    expect(answer).toMatchObject({
      status: 400,
      body: {
        error: {
          type: 'invalid_request_error',
          param,
          code,
          message: expect.stringContaining(message) as string,
        },
      },
    });
    expect(answer.text).not.toContain('hunter2');
  });

  it('refuses the same secret for the same place, naming the token that has it', async () => {
    const first = await make();
    expect(await post(BODY)).toMatchObject({
      status: 409,
      body: {
        error: {
          code: 'token_exists',
          param: 'secret',
          message: expect.stringContaining(first.id) as string,
        },
      },
    });
    const elsewhere = await make({ baseUrl: 'http://other.test/v1' });
    expect(await patch(elsewhere.id, { baseUrl: null })).toMatchObject({
      status: 409,
      body: { error: { code: 'token_exists' } },
    });
    const other = await make({ secret: 'good-other' });
    expect(await patch(other.id, { secret: BODY.secret })).toMatchObject({ status: 409 });
    expect((await patch(first.id, { secret: BODY.secret, label: 'same again' })).status).toBe(200);
  });

  it('lets one of many win that add the same secret at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(BODY)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(409)]);
  });

  it('changes only what it is told, in the pool too', async () => {
    const { id } = await make({ limits: { video: 2 }, quotaGroup: 'g', remark: 'r' });
    const changed = await patch(id, { label: 'renamed', quotaGroup: null, weight: 0 });
    expect(changed.body).toMatchObject({
      label: 'renamed',
      quotaGroup: null,
      weight: 0,
      limits: { video: 2 },
      remark: 'r',
    });
    expect(pooled(id)).toMatchObject({
      label: 'renamed',
      quotaGroup: null,
      limits: { video: 2 },
      version: 2,
    });
    const resealed = tokenSchema.parse((await patch(id, { secret: 'good-new-abcd' })).body);
    expect(resealed.last4).toBe('abcd');
    const inPool = pooled(id);
    expect(inPool && on.test.app.get(TokenSecrets).open(inPool)).toBe('good-new-abcd');
    expect((await patch(id, { provider: 'acme' })).status).toBe(400);
    expect((await patch('tok_none', { label: 'x' })).status).toBe(404);
  });

  it('loses none of many changes at once', async () => {
    const { id } = await make();
    const edits = ['a', 'b', 'c', 'd'].map((remark) => patch(id, { remark }));
    const errors = Array.from({ length: 2 }, () =>
      health().report(id, { kind: 'transient', retryAfterMs: null }),
    );
    await Promise.all([...edits, ...errors]);
    expect((await read(id)).counters.consecutiveErrors).toBe(2);
    expect(pooled(id)?.version).toBe(7);
  });

  it('deletes a token, unless generations depend on it', async () => {
    const { id } = await make();
    usage.unfinished.set(id, 2);
    expect(await on.test.request('DELETE', `/admin/tokens/${id}`)).toMatchObject({
      status: 409,
      body: {
        error: { code: 'token_in_use', message: expect.stringContaining('serves 2 generations') as string },
      },
    });
    expect((await on.test.request('DELETE', `/admin/tokens/${id}?force=yes`)).status).toBe(400);
    expect((await on.test.request('DELETE', `/admin/tokens/${id}?force=true`)).status).toBe(204);
    expect(pooled(id)).toBeUndefined();
    expect((await on.test.request('GET', `/admin/tokens/${id}`)).status).toBe(404);
    expect((await on.test.request('DELETE', `/admin/tokens/${id}`)).status).toBe(404);
  });

  it('is for admins only, and never logs a secret', async () => {
    await make();
    expect((await on.test.request('GET', '/admin/tokens', { authorization: null })).status).toBe(401);
    expect(on.test.logged.join()).not.toContain('secret-7890');
  });
});
