import { DatabasePool } from 'penstock/database';
import { beforeEach, describe, expect, it } from 'vitest';

import { startRenewableApp, type RenewableApp } from '../testing/renewable-app.js';
import { TokenHealth } from '../token-health.js';
import { TokenIncidents } from '../token-incidents.js';
import { TokenSecrets } from '../token-secrets.js';
import { tokenSchema } from '../tokens.schemas.js';
import { CredentialRefresher } from './credential-refresher.js';

const RENEWED = { json: { access_token: 'at-0002', refresh_token: 'rt-0002', expires_in: 3_600 } };

describe('CredentialRefresher', () => {
  let app: RenewableApp;
  let id: string;
  let refresher: CredentialRefresher;

  beforeEach(async () => {
    app = await startRenewableApp();
    ({ id } = await app.add({ expiresAt: '2030-01-01T00:00:00Z' }));
    refresher = app.test.app.get(CredentialRefresher);
  });

  const post = (action: string) => app.test.request('POST', `/admin/tokens/${id}/${action}`);
  const asked = () =>
    app.upstream
      .received('POST /oauth/token')
      .map(({ text }) => new URLSearchParams(text).get('refresh_token'));
  const secretsOf = async () => {
    const row = await app.store.get(id);
    const secrets = app.test.app.get(TokenSecrets);
    return [secrets.open(row), secrets.openRefreshSecret(row)];
  };

  it('renews the credential, keeps the rotated refresh secret, and shows neither', async () => {
    app.upstream.on('POST /oauth/token', RENEWED);
    const answer = await post('refresh');
    expect(answer.text).not.toMatch(/[ar]t-000\d/);
    expect(tokenSchema.parse(answer.body)).toMatchObject({
      id,
      state: 'ready',
      expiresAt: new Date(app.test.clock.now() + 3_600_000).toISOString(),
    });
    expect(await secretsOf()).toEqual(['at-0002', 'rt-0002']);
    await refresher.refresh(id);
    expect(asked()).toEqual(['rt-0001', 'rt-0002']);
  });

  it('keeps the refresh secret that is not rotated', async () => {
    app.upstream.on('POST /oauth/token', { json: { access_token: 'at-0002' } });
    expect((await refresher.refresh(id)).expiresAt).toBeNull();
    expect(await secretsOf()).toEqual(['at-0002', 'rt-0001']);
  });

  it('counts each try by how it went', async () => {
    app.upstream.on('POST /oauth/token', { status: 400, json: { error: 'invalid_grant' } });
    await expect(refresher.refresh(id)).rejects.toThrow();
    app.upstream.on('POST /oauth/token', RENEWED);
    await Promise.all([refresher.refresh(id), refresher.refresh(id)]);
    expect([...app.test.app.get(TokenIncidents).refreshes()]).toEqual([
      { provider: 'acme', what: 'failed', count: 1 },
      { provider: 'acme', what: 'renewed', count: 1 },
    ]);
  });

  it('never renews one token twice at once', async () => {
    app.upstream.on('POST /oauth/token', RENEWED);
    await Promise.all([refresher.refresh(id), refresher.refresh(id), post('refresh')]);
    expect(asked()).toEqual(['rt-0001']);
  });

  it('gives up on an upstream that does not answer within 30 s, and changes nothing', async () => {
    app.upstream.on('POST /oauth/token', { fault: 'hang' });
    const refresh = refresher.refresh(id).catch((error: unknown) => error);
    await expect.poll(() => app.upstream.hanging).toBe(1);
    await app.test.clock.advance(30_000);
    expect(await refresh).toMatchObject({ code: 'ambiguous' });
    expect(await secretsOf()).toEqual(['at-0001', 'rt-0001']);
  });

  it('leaves a secret that an operator set meanwhile', async () => {
    app.upstream.on('POST /oauth/token', RENEWED);
    const release = await holdWriter(app.test.app.get(DatabasePool));
    const body = { secret: 'at-0009', refreshSecret: 'rt-0009' };
    const edit = app.test.request('PATCH', `/admin/tokens/${id}`, { body });
    await expect.poll(() => app.test.app.get(DatabasePool).stats().writer.waiting).toBe(1);
    const refresh = refresher.refresh(id);
    await expect.poll(() => app.test.app.get(DatabasePool).stats().writer.waiting).toBe(2);
    release();
    await Promise.all([edit, refresh]);
    expect(asked()).toEqual(['rt-0001']);
    expect(await secretsOf()).toEqual(['at-0009', 'rt-0009']);
  });

  it('tries to store what it got until the database takes it', async () => {
    app.upstream.on('POST /oauth/token', RENEWED);
    const release = await holdWriter(app.test.app.get(DatabasePool));
    const refresh = refresher.refresh(id);
    await expect.poll(asked).toEqual(['rt-0001']);
    release();
    await refresh;
    expect(await secretsOf()).toEqual(['at-0002', 'rt-0002']);
  });

  it('brings back a token whose credential was refused, when it is tested', async () => {
    await app.test.app.get(TokenHealth).report(id, { kind: 'unauthorized' });
    app.upstream.on('GET /me', { status: 401, json: {} }, { json: {} });
    app.upstream.on('POST /oauth/token', RENEWED);
    const { body } = await post('test');
    expect(body).toMatchObject({ valid: true, token: { state: 'ready', disabledBy: null } });
    const bearers = app.upstream.received('GET /me').map(({ headers }) => headers['authorization']);
    expect(bearers).toEqual(['Bearer at-0001', 'Bearer at-0002']);
  });

  it('says in a test that the renewal was refused, and turns the token off', async () => {
    app.upstream.on('GET /me', { status: 401, json: {} });
    app.upstream.on('POST /oauth/token', { status: 400, json: { error: 'invalid_grant' } });
    const { body } = await post('test');
    expect(body).toMatchObject({
      valid: false,
      detail: expect.stringContaining('It could not be renewed: ') as string,
      token: { state: 'disabled', disabledBy: 'machine' },
    });
  });

  it('leaves a token that an operator turned off as it is', async () => {
    await post('disable');
    app.upstream.on('POST /oauth/token', RENEWED);
    expect((await post('refresh')).body).toMatchObject({ state: 'disabled', disabledBy: 'operator' });
    expect(await secretsOf()).toEqual(['at-0002', 'rt-0002']);
  });

  it.each([
    [{ refreshSecret: null }, 'has no refresh secret: set "refreshSecret".'],
    [{ provider: 'plain' }, 'Provider "plain" cannot renew credentials: set a new "secret" instead.'],
  ])('refuses a token with %j', async (changes, message) => {
    ({ id } = await app.add({ secret: 'another', ...changes }));
    const answer = await post('refresh');
    expect([answer.status, answer.text]).toEqual([
      409,
      expect.stringContaining(message.replaceAll('"', '\\"')),
    ]);
  });

  it('answers 502 when the upstream refuses, without a secret in it', async () => {
    app.upstream.on('POST /oauth/token', {
      status: 400,
      json: { error: 'invalid_grant', hint: 'rt-0001 at-0001' },
    });
    const answer = await post('refresh');
    expect([answer.status, answer.text]).toEqual([502, expect.not.stringMatching(/[ra]t-0001/)]);
    expect(await secretsOf()).toEqual(['at-0001', 'rt-0001']);
  });
});

/** Keeps everybody else from writing. */
async function holdWriter(pool: DatabasePool): Promise<() => void> {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await new Promise<void>((acquired) => {
    void pool.write(async () => {
      acquired();
      await held;
    });
  });
  return release;
}
