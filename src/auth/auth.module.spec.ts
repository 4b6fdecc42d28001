import { Controller, Get, Module } from '@nestjs/common';
import { DatabasePool } from 'penstock/database';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ADMIN_KEY, startApp, type TestApp, type TestAppOptions } from '../../test/support/start-app.js';

import { BrowserReadable, Public, RequireScope } from './access.decorators.js';
import { ApiKey } from './api-key.entity.js';
import { KeyLimitChanges } from './api-key-limits.js';
import { createdKeySchema, keyPageSchema, type CreatedKeyView } from './api-keys.schemas.js';
import { AuthModule } from './auth.module.js';
import { authMigrations } from './migrations/index.js';
import { CurrentPrincipal, OptionalPrincipal, type Principal } from './principal.js';

@Controller('probe')
class ProbeController {
  @Get('generate')
  @RequireScope('generate')
  generate(@CurrentPrincipal() principal: Principal): Principal {
    return principal;
  }

  @Get('admin')
  @RequireScope('admin')
  admin(@CurrentPrincipal() principal: Principal): Principal {
    return principal;
  }

  @Get('public')
  @Public()
  public(@OptionalPrincipal() principal: Principal | null): { principal: Principal | null } {
    return { principal };
  }

  @Get('browser')
  @BrowserReadable()
  @RequireScope('read')
  browser(): string {
    return 'seen';
  }
}

@Public()
@Controller('mostly-public')
class MostlyPublicController {
  @Get('closed')
  @RequireScope('admin')
  closed(): string {
    return 'secret';
  }
}

@Controller('undecided')
class UndecidedController {
  @Get()
  anybody(): string {
    return 'secret';
  }
}

const auth: TestAppOptions = {
  imports: [AuthModule],
  migrations: [...authMigrations],
  controllers: [ProbeController, MostlyPublicController],
};

const basic = (key: string) => `Basic ${Buffer.from(`anyone:${key}`).toString('base64')}`;

describe('AuthModule', () => {
  let test: TestApp;

  beforeAll(async () => {
    test = await startApp(auth);
  });

  afterAll(() => test.close());

  async function makeKey(label: string, scopes?: readonly string[]): Promise<CreatedKeyView> {
    const { status, body } = await test.request('POST', '/admin/keys', { body: { label, scopes } });
    expect(status).toBe(201);
    return createdKeySchema.parse(body);
  }

  const get = (url: string, authorization: string | null) => test.request('GET', url, { authorization });

  it('takes the configured admin key without a row, for everything', async () => {
    expect(await test.request('GET', '/probe/generate')).toMatchObject({
      status: 200,
      body: { keyId: 'key_configured', label: 'PENSTOCK_ADMIN_KEY', scopes: ['admin'] },
    });
  });

  it('makes keys that work at once, shows them once, and stores only a hash', async () => {
    const made = await makeKey('team-a');
    expect(made).toMatchObject({ label: 'team-a', scopes: ['generate', 'read'], lastUsedAt: null });
    expect(made.key).toMatch(/^psk_[A-Za-z0-9_-]{43}$/);
    expect(made.key.startsWith(made.prefix)).toBe(true);
    expect((await get('/probe/generate', `Bearer ${made.key}`)).body).toMatchObject({
      keyId: made.id,
      label: 'team-a',
    });
    const listed = await test.request('GET', '/admin/keys');
    expect(listed.text).not.toContain(made.key);
    const rows: unknown = await test.app.get(DatabasePool).read((manager) => manager.find(ApiKey));
    expect(JSON.stringify(rows)).not.toContain(made.key);
  });

  it('asks for a key, and says how to send it', async () => {
    expect(await get('/probe/generate', null)).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer realm="penstock"' },
      body: {
        error: {
          type: 'authentication_error',
          code: 'missing_api_key',
          param: null,
          message: 'An API key is needed. Send it as "Authorization: Bearer <key>".',
        },
      },
    });
  });

  it.each([
    ['Bearer nonsense', 'invalid_api_key'],
    [`Bearer psk_${'A'.repeat(43)}`, 'invalid_api_key'],
    [`Bearer ${'A'.repeat(5000)}`, 'invalid_api_key'],
    ['Digest x', 'invalid_authorization'],
    ['Bearer', 'invalid_authorization'],
    [basic(ADMIN_KEY), 'invalid_authorization'],
  ])('refuses %s with %s', async (authorization, code) => {
    const answer = await get('/probe/generate', authorization);
    expect(answer).toMatchObject({ status: 401, body: { error: { code } } });
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="penstock"');
  });

  it('names the scope that is missing', async () => {
    const { key } = await makeKey('reader', ['read']);
    expect(await get('/probe/generate', `Bearer ${key}`)).toMatchObject({
      status: 403,
      body: {
        error: {
          type: 'permission_error',
          code: 'missing_scope',
          message: 'This needs a key with the scope "generate"; this key has read.',
        },
      },
    });
    expect((await get('/admin/keys', `Bearer ${key}`)).status).toBe(403);
  });

  it('lets browsers in by Basic where it is marked, and nowhere else', async () => {
    expect((await get('/probe/browser', null)).headers['www-authenticate']).toEqual([
      'Bearer realm="penstock"',
      'Basic realm="penstock", charset="UTF-8"',
    ]);
    expect(await get('/probe/browser', basic(ADMIN_KEY))).toMatchObject({ status: 200, text: 'seen' });
    expect((await get('/probe/browser', basic('wrong'))).status).toBe(401);
    expect((await get('/probe/admin', basic(ADMIN_KEY))).status).toBe(401);
  });

  it('needs no key for public routes, but knows one that is good', async () => {
    for (const authorization of [null, 'Bearer wrong', 'nonsense']) {
      expect(await get('/probe/public', authorization)).toMatchObject({
        status: 200,
        body: { principal: null },
      });
    }
    expect(await get('/probe/public', `Bearer ${ADMIN_KEY}`)).toMatchObject({
      body: { principal: { keyId: 'key_configured' } },
    });
  });

  it('takes the word of the method over that of its class', async () => {
    expect((await get('/mostly-public/closed', null)).status).toBe(401);
  });

  it('refuses a deleted key from the next request on', async () => {
    const { id, key } = await makeKey('short-lived');
    expect((await get('/probe/generate', `Bearer ${key}`)).status).toBe(200);
    expect((await test.request('DELETE', `/admin/keys/${id}`)).status).toBe(204);
    expect((await get('/probe/generate', `Bearer ${key}`)).status).toBe(401);
    expect(await test.request('DELETE', `/admin/keys/${id}`)).toMatchObject({
      status: 404,
      body: { error: { code: 'api_key_not_found', message: `There is no API key "${id}".` } },
    });
  });

  it('changes label and limits, and tells whoever holds keys to them', async () => {
    const told: string[] = [];
    test.app.get(KeyLimitChanges).watch((id) => Promise.resolve(void told.push(id)));
    const { id } = await makeKey('to be limited');
    expect(told).toEqual([]);
    const patch = (body: unknown) => test.request('PATCH', `/admin/keys/${id}`, { body });
    const none = { perMinute: null, perDay: null, concurrent: null };
    expect((await patch({ limits: { perDay: 5 } })).body).toMatchObject({
      label: 'to be limited',
      limits: { ...none, perDay: 5 },
    });
    expect((await patch({ label: 'renamed' })).body).toMatchObject({ limits: { perDay: 5 } });
    expect((await patch({})).body).toMatchObject({ label: 'renamed', limits: { perDay: 5 } });
    expect((await patch({ limits: { concurrent: 1 } })).body).toMatchObject({
      limits: { ...none, concurrent: 1 },
    });
    expect((await patch({ limits: null })).body).toMatchObject({ label: 'renamed', limits: null });
    for (const [body, param] of [
      [{ limits: { perMinute: 0 } }, 'limits.perMinute'],
      [{ limits: { perHour: 1 } }, 'limits.perHour'],
      [{ scopes: ['admin'] }, 'scopes'],
    ] as const)
      expect(await patch(body)).toMatchObject({ status: 400, body: { error: { param } } });
    expect(told).toEqual([id, id, id, id, id]);
    const made = await test.request('POST', '/admin/keys', {
      body: { label: 'limited', limits: { perMinute: 3 } },
    });
    expect(made).toMatchObject({ status: 201, body: { limits: { ...none, perMinute: 3 } } });
    expect(told).toHaveLength(6);
    expect(await test.request('PATCH', '/admin/keys/key_none', { body: {} })).toMatchObject({
      status: 404,
      body: { error: { code: 'api_key_not_found' } },
    });
  });

  it('records the last use, but not more often than every few minutes', async () => {
    const { id, key } = await makeKey('watched');
    const lastUse = async () =>
      keyPageSchema
        .parse((await test.request('GET', '/admin/keys?limit=100')).body)
        .data.find((row) => row.id === id)?.lastUsedAt;
    await get('/probe/generate', `Bearer ${key}`);
    const first = new Date(test.clock.now()).toISOString();
    await test.clock.advance(1_000);
    await expect.poll(lastUse).toBe(first);
    await test.clock.advance(60_000);
    await get('/probe/generate', `Bearer ${key}`);
    expect(await lastUse()).toBe(first);
  });

  it('lists in pages, newest first', async () => {
    await makeKey('one');
    await test.clock.advance(1);
    await makeKey('two');
    const first = keyPageSchema.parse((await test.request('GET', '/admin/keys?limit=1')).body);
    expect(first.data.map(({ label }) => label)).toEqual(['two']);
    const next = await test.request('GET', `/admin/keys?limit=1&cursor=${first.nextCursor ?? ''}`);
    expect(keyPageSchema.parse(next.body).data.map(({ label }) => label)).toEqual(['one']);
    const all = keyPageSchema.parse((await test.request('GET', '/admin/keys?limit=100')).body);
    expect(all.nextCursor).toBeNull();
  });

  it.each([
    [{}, 'label', '"label" is missing; expected string.'],
    [{ label: ' ' }, 'label', '"label": got " "; expected string to have >=1 characters.'],
    [{ label: 'a', scopes: [] }, 'scopes', '"scopes": got an array of 0; expected array to have >=1 items.'],
    [
      { label: 'a', scopes: ['root'] },
      'scopes.0',
      '"scopes.0": got "root"; expected one of "generate"|"read"|"metrics"|"admin".',
    ],
    [{ label: 'a', scope: ['read'] }, 'scope', '"scope" is not known here. Did you mean "scopes"?'],
  ])('refuses %j', async (body, param, message) => {
    expect(await test.request('POST', '/admin/keys', { body })).toMatchObject({
      status: 400,
      body: { error: { param, message } },
    });
  });
});

describe('AuthModule at its first start', () => {
  const withoutKey = { ...auth, environment: { PENSTOCK_ADMIN_KEY: '' } };
  const keyIn = (lines: readonly string[]) => lines.flatMap((line) => /psk_[\w-]{43}/.exec(line) ?? []);

  it('makes and prints an admin key once, which then cannot be deleted unless there is another', async () => {
    const first = await startApp(withoutKey);
    const [key] = keyIn(first.logged);
    expect(keyIn(first.logged)).toHaveLength(1);
    const authorization = `Bearer ${key ?? ''}`;
    const { keyId } = (await first.request('GET', '/probe/admin', { authorization })).body as Principal;
    expect(await first.request('DELETE', `/admin/keys/${keyId}`, { authorization })).toMatchObject({
      status: 409,
      headers: { 'x-should-retry': 'false' },
      body: { error: { code: 'last_admin_key' } },
    });

    const again = await startApp({ ...withoutKey, dataDir: first.dataDir });
    expect(keyIn(again.logged)).toEqual([]);
    const body = { label: 'second', scopes: ['admin'] };
    expect((await again.request('POST', '/admin/keys', { authorization, body })).status).toBe(201);
    expect((await again.request('DELETE', `/admin/keys/${keyId}`, { authorization })).status).toBe(204);
    await again.close();
    await first.close();
  });

  it('lets the last admin key go when one is configured', async () => {
    const first = await startApp(withoutKey);
    const configured = await startApp({ ...auth, dataDir: first.dataDir });
    const [row] = keyPageSchema.parse((await configured.request('GET', '/admin/keys')).body).data;
    expect((await configured.request('DELETE', `/admin/keys/${row?.id ?? ''}`)).status).toBe(204);
    await configured.close();
    await first.close();
  });
});

describe('RouteAudit', () => {
  it('does not start with a route that says nothing of who may use it', async () => {
    @Module({ controllers: [UndecidedController] })
    class PluginModule {}

    await expect(startApp({ ...auth, imports: [AuthModule, PluginModule] })).rejects.toThrow(
      "UndecidedController.anybody: nothing says who may use this. Add @RequireScope('read')",
    );
  });
});
