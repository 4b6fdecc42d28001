import { Module } from '@nestjs/common';
import { DatabasePool } from 'penstock/database';
import { ProviderError, ProviderPlugin, type ProviderContext, type Verification } from 'penstock/plugin-api';
import { stubManifest, StubProvider } from 'penstock/plugin-host/testing';
import { TokenCache, TokenCacheModule } from 'penstock/token-cache';
import { UpstreamModule } from 'penstock/upstream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { AuthModule, authMigrations } from '../auth/index.js';
import { startApp, type TestApp, type TestAppOptions } from '../../test/support/start-app.js';

import { tokenMigrations } from './migrations/index.js';
import { InFlightCounter } from './ports/in-flight-counter.js';
import { TokenUsage } from './ports/token-usage.js';
import { TokenHealth } from './token-health.js';
import { TokenSecrets } from './token-secrets.js';
import { TokenStorageModule } from './token-storage.module.js';
import { Token } from './token.entity.js';
import { tokenPageSchema, tokenSchema, tokenTestSchema, type TokenView } from './tokens.schemas.js';
import { TokensModule } from './tokens.module.js';

/** A provider that says of a credential what its upstream would. */
@ProviderPlugin(stubManifest({ name: 'acme' }))
class AcmeProvider extends StubProvider {
  override verify(context?: ProviderContext): Promise<Verification> {
    const { secret = '' } = context ?? {};
    if (secret.startsWith('good')) return Promise.resolve({ valid: true, detail: 'account 7' });
    if (secret.startsWith('bad')) return Promise.resolve({ valid: false, detail: 'revoked' });
    if (secret.startsWith('refused'))
      throw new ProviderError({ kind: 'unauthorized' }, 'GET /me answered 401.');
    if (secret.startsWith('limited'))
      throw new ProviderError({ kind: 'rate_limited', retryAfterMs: 9_000 }, 'Slow down.');
    if (secret.startsWith('hanging')) return new Promise(() => undefined);
    if (secret.startsWith('clumsy')) throw new TypeError(`"Bearer ${secret}" is no header value`);
    throw new ProviderError({ kind: 'transient', retryAfterMs: null }, 'GET /me answered 503.');
  }
}

@Module({ providers: [AcmeProvider] })
class AcmeModule {}

class FakeUsage extends TokenUsage {
  readonly unfinished = new Map<string, number>();

  override unfinishedGenerations(tokenId: string): Promise<number> {
    return Promise.resolve(this.unfinished.get(tokenId) ?? 0);
  }
}

class ThreeInFlight extends InFlightCounter {
  override inFlight(): number {
    return 3;
  }
}

const usage = new FakeUsage();
const options: TestAppOptions = {
  imports: [
    TokenCacheModule.forRoot({ isGlobal: true, imports: [TokenStorageModule] }),
    UpstreamModule.forRoot({ isGlobal: true }),
    AcmeModule,
    AuthModule,
    TokensModule,
  ],
  migrations: [...authMigrations, ...tokenMigrations],
  globals: [
    { provide: TokenUsage, useValue: usage },
    { provide: InFlightCounter, useClass: ThreeInFlight },
  ],
};

const BODY = { provider: 'acme', label: 'team-a', secret: 'good-secret-7890' };

describe('TokensModule', () => {
  let test: TestApp;

  beforeEach(async () => {
    test = await startApp(options);
  });

  afterEach(() => test.close());

  const post = (body: unknown) => test.request('POST', '/admin/tokens', { body });
  const patch = (id: string, body: unknown) => test.request('PATCH', `/admin/tokens/${id}`, { body });
  const act = (id: string, action: string) => test.request('POST', `/admin/tokens/${id}/${action}`);
  const read = async (id: string) =>
    tokenSchema.parse((await test.request('GET', `/admin/tokens/${id}`)).body);
  const pooled = (id: string) => test.app.get(TokenCache).get(id);
  const health = () => test.app.get(TokenHealth);

  async function make(changes: object = {}): Promise<TokenView> {
    const answer = await post({ ...BODY, ...changes });
    expect(answer.text).not.toContain('secret-7890');
    expect(answer.status).toBe(201);
    return tokenSchema.parse(answer.body);
  }

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
      requestsPerMinute: null,
      weight: 1,
      quotaGroup: null,
      expiresAt: null,
      quota: null,
      remark: '',
      counters: { inFlight: 3, submitted: 0, completed: 0, failed: 0, consecutiveErrors: 0 },
      lastUsedAt: null,
      createdAt: new Date(test.clock.now()).toISOString(),
      updatedAt: new Date(test.clock.now()).toISOString(),
    });
    const inPool = pooled(token.id);
    expect(inPool).toMatchObject({ label: 'team-a', enabled: true, version: 1 });
    expect(inPool && test.app.get(TokenSecrets).open(inPool)).toBe('good-secret-7890');
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
    const rows: unknown = await test.app
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
      { proxyUrl: 'socks5://u:hunter2@x' },
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
    expect(inPool && test.app.get(TokenSecrets).open(inPool)).toBe('good-new-abcd');
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

  it('turns tokens off and on, with the reason', async () => {
    const { id } = await make();
    const off = await test.request('POST', `/admin/tokens/${id}/disable`, { body: { reason: 'billing' } });
    expect(off).toMatchObject({
      status: 200,
      body: { state: 'disabled', reason: 'billing', disabledBy: 'operator' },
    });
    expect(pooled(id)?.enabled).toBe(false);
    expect((await act(id, 'enable')).body).toMatchObject({ state: 'ready', reason: null, disabledBy: null });
    expect((await act(id, 'disable')).body).toMatchObject({ reason: 'Turned off by an operator.' });
    expect((await act('tok_none', 'enable')).status).toBe(404);
  });

  it('is turned off by errors in a row, of which reports at once lose none', async () => {
    const { id } = await make();
    await Promise.all(Array.from({ length: 3 }, () => health().report(id, { kind: 'ambiguous' })));
    expect(await read(id)).toMatchObject({
      state: 'disabled',
      disabledBy: 'machine',
      reason: '3 errors in a row, the last one ambiguous.',
    });
    expect(test.logged.filter((line) => line.includes(`Token ${id} (team-a) was turned off.`))).toHaveLength(
      1,
    );
  });

  it('forgets errors after a success, also the first of this process', async () => {
    const { id } = await make();
    const error = () => health().report(id, { kind: 'transient', retryAfterMs: null });
    await error();
    await error();
    await health().report(id, { kind: 'success' });
    await error();
    await error();
    expect(await read(id)).toMatchObject({
      state: 'ready',
      counters: { consecutiveErrors: 2, submitted: 1 },
    });
  });

  it('leaves a token alone for as long as the upstream says', async () => {
    const { id } = await make();
    await health().report(id, { kind: 'rate_limited', retryAfterMs: 9_000 });
    const until = new Date(test.clock.now() + 9_000).toISOString();
    expect(await read(id)).toMatchObject({
      state: 'cooling',
      reason: 'The upstream limits its rate.',
      coolingUntil: until,
    });
    await test.clock.advance(9_000);
    expect((await read(id)).state).toBe('ready');
  });

  it('passes over reports of tokens that are gone', async () => {
    await expect(health().report('tok_none', { kind: 'success' })).resolves.toBeUndefined();
    await expect(health().report('tok_none', { kind: 'unauthorized' })).resolves.toBeUndefined();
  });

  it('counts behind, and shows what is not written yet', async () => {
    const { id } = await make();
    await health().report(id, { kind: 'success' });
    health().finished(id, 'completed');
    health().finished(id, 'failed');
    const counted = { submitted: 1, completed: 1, failed: 1 };
    const usedAt = new Date(test.clock.now()).toISOString();
    expect(await read(id)).toMatchObject({ counters: counted, lastUsedAt: usedAt });
    const stored = () => test.app.get(DatabasePool).read((manager) => manager.findOneBy(Token, { id }));
    expect(await stored()).toMatchObject({ submitted: 0 });
    await test.clock.advance(5_000);
    await expect.poll(stored).toMatchObject(counted);
    expect(await read(id)).toMatchObject({ counters: counted, lastUsedAt: usedAt });
  });

  it.each([
    ['good', true, 'account 7', 'ready', null],
    ['bad', false, 'revoked', 'disabled', 'The upstream does not accept the credential.'],
    ['refused', false, 'GET /me answered 401.', 'disabled', 'The upstream does not accept the credential.'],
    ['limited', null, 'Slow down.', 'cooling', 'The upstream limits its rate.'],
    ['unwell', null, 'GET /me answered 503.', 'ready', null],
    ['clumsy', null, '"Bearer [redacted]" is no header value', 'ready', null],
  ])('tests a %s token', async (secret, ...[valid, detail, state, reason]) => {
    const { id } = await make({ secret });
    const tested = tokenTestSchema.parse((await act(id, 'test')).body);
    expect(tested).toMatchObject({ valid, detail, token: { state, reason } });
    expect(test.clock.pendingTimers).toBe(1);
  });

  it('does not wait for a plugin that never ends', async () => {
    const { id } = await make({ secret: 'hanging' });
    const answer = act(id, 'test');
    while (test.clock.pendingTimers < 2) await new Promise((resolve) => setImmediate(resolve));
    await test.clock.advance(31_000);
    expect((await answer).body).toMatchObject({ valid: null, detail: 'verify took over 30000 ms' });
  });

  it('turns a token on again that works, unless a person turned it off', async () => {
    const { id } = await make();
    await health().report(id, { kind: 'unauthorized' });
    expect((await read(id)).state).toBe('disabled');
    expect((await act(id, 'test')).body).toMatchObject({ token: { state: 'ready', disabledBy: null } });
    await act(id, 'disable');
    expect((await act(id, 'test')).body).toMatchObject({
      valid: true,
      token: { state: 'disabled', disabledBy: 'operator' },
    });
  });

  it('turns a token on again that gets a new secret, unless a person turned it off', async () => {
    const { id } = await make();
    await health().report(id, { kind: 'unauthorized' });
    expect((await patch(id, { label: 'still bad' })).body).toMatchObject({ state: 'disabled' });
    expect((await patch(id, { secret: 'good-1' })).body).toMatchObject({ state: 'ready' });
    await act(id, 'disable');
    expect((await patch(id, { secret: 'good-2' })).body).toMatchObject({
      state: 'disabled',
      disabledBy: 'operator',
    });
  });

  it('lists by provider and state, in pages', async () => {
    const ids: Record<string, string> = {};
    for (const name of ['ready', 'cooling', 'expired', 'disabled']) {
      await test.clock.advance(1);
      const expiresAt = name === 'expired' ? '2020-01-01T00:00:00Z' : null;
      ids[name] = (await make({ secret: `good-${name}`, label: name, expiresAt })).id;
    }
    await health().report(ids['cooling'] ?? '', { kind: 'quota_exhausted', resetsAt: null });
    await act(ids['disabled'] ?? '', 'disable');
    const labels = async (query: string) =>
      tokenPageSchema
        .parse((await test.request('GET', `/admin/tokens?${query}`)).body)
        .data.map(({ label }) => label);
    for (const state of ['ready', 'cooling', 'expired', 'disabled'])
      expect(await labels(`state=${state}`)).toEqual([state]);
    expect(await labels('provider=acme')).toEqual(['disabled', 'expired', 'cooling', 'ready']);
    expect(await labels('provider=other')).toEqual([]);
    const first = tokenPageSchema.parse((await test.request('GET', '/admin/tokens?limit=3')).body);
    expect(await labels(`limit=3&cursor=${first.nextCursor ?? ''}`)).toEqual(['ready']);
  });

  it('deletes a token, unless generations depend on it', async () => {
    const { id } = await make();
    usage.unfinished.set(id, 2);
    expect(await test.request('DELETE', `/admin/tokens/${id}`)).toMatchObject({
      status: 409,
      body: {
        error: { code: 'token_in_use', message: expect.stringContaining('serves 2 generations') as string },
      },
    });
    expect((await test.request('DELETE', `/admin/tokens/${id}?force=yes`)).status).toBe(400);
    expect((await test.request('DELETE', `/admin/tokens/${id}?force=true`)).status).toBe(204);
    expect(pooled(id)).toBeUndefined();
    expect((await test.request('GET', `/admin/tokens/${id}`)).status).toBe(404);
    expect((await test.request('DELETE', `/admin/tokens/${id}`)).status).toBe(404);
  });

  it('is for admins only, and never logs a secret', async () => {
    await make();
    expect((await test.request('GET', '/admin/tokens', { authorization: null })).status).toBe(401);
    expect(test.logged.join()).not.toContain('secret-7890');
  });
});

describe('TokensModule after a restart', () => {
  it('still opens its secrets, and has counted what was counted before', async () => {
    const before = await startApp(options);
    const { id } = tokenSchema.parse((await before.request('POST', '/admin/tokens', { body: BODY })).body);
    await before.app.get(TokenHealth).report(id, { kind: 'success' });
    await before.app.close();
    const after = await startApp({ ...options, dataDir: before.dataDir });
    const token = after.app.get(TokenCache).get(id);
    expect(token && after.app.get(TokenSecrets).open(token)).toBe(BODY.secret);
    expect((await after.request('GET', `/admin/tokens/${id}`)).body).toMatchObject({
      counters: { submitted: 1 },
    });
    await after.close();
    await before.close();
  });

  it('says what to do when the key was changed, and uses no token without its proxy', async () => {
    const withKey = (key: string) => ({ ...options, environment: { PENSTOCK_SECRET_KEY: key } });
    const before = await startApp(withKey(`old:${'ab'.repeat(32)}`));
    const body = { ...BODY, proxyUrl: 'http://u:p@proxy.test' };
    const { id } = tokenSchema.parse((await before.request('POST', '/admin/tokens', { body })).body);
    const after = await startApp({ ...withKey(`new:${'cd'.repeat(32)}`), dataDir: before.dataDir });
    expect(after.app.get(TokenCache).get(id)).toMatchObject({ enabled: false, proxyUrl: null });
    expect(await after.request('POST', `/admin/tokens/${id}/test`)).toMatchObject({
      status: 503,
      body: {
        error: {
          code: 'secret_key_unknown',
          message: expect.stringContaining('<new key>,old:<old key>') as string,
        },
      },
    });
    expect((await after.request('GET', `/admin/tokens/${id}`)).body).toMatchObject({
      proxyUrl: '(sealed with another key)',
    });
    await after.close();
    await before.close();
  });
});
