import { Controller, Get, Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ADMIN_KEY, startApp, type TestApp } from '../../test/support/start-app.js';

import { keyPageSchema } from './api-keys.schemas.js';
import { AuthModule } from './auth.module.js';
import { AUTH_APP, makeKey } from './testing/auth-app.js';
import type { Principal } from './principal.js';

@Controller('undecided')
class UndecidedController {
  @Get()
  anybody(): string {
    return 'secret';
  }
}

const basic = (key: string) => `Basic ${Buffer.from(`anyone:${key}`).toString('base64')}`;

describe('AuthModule', () => {
  let test: TestApp;

  beforeAll(async () => {
    test = await startApp(AUTH_APP);
  });

  afterAll(() => test.close());

  const get = (url: string, authorization: string | null) => test.request('GET', url, { authorization });

  it('takes the configured admin key without a row, for everything', async () => {
    expect(await test.request('GET', '/probe/generate')).toMatchObject({
      status: 200,
      body: { keyId: 'key_configured', label: 'PENSTOCK_ADMIN_KEY', scopes: ['admin'] },
    });
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
    const { key } = await makeKey(test, 'reader', ['read']);
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
});

describe('AuthModule at its first start', () => {
  const withoutKey = { ...AUTH_APP, environment: { PENSTOCK_ADMIN_KEY: '' } };
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
    const configured = await startApp({ ...AUTH_APP, dataDir: first.dataDir });
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

    await expect(startApp({ ...AUTH_APP, imports: [AuthModule, PluginModule] })).rejects.toThrow(
      "UndecidedController.anybody: nothing says who may use this. Add @RequireScope('read')",
    );
  });
});
