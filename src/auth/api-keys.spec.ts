import { DatabasePool } from 'penstock/database';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startApp, type TestApp } from '../../test/support/start-app.js';
import { ApiKey } from './api-key.entity.js';
import { KeyLimitChanges } from './api-key-limits.js';
import { keyPageSchema } from './api-keys.schemas.js';
import { AUTH_APP, makeKey } from './testing/auth-app.js';

describe('API keys', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startApp(AUTH_APP);
  });
  afterAll(() => test.close());

  const get = (url: string, authorization: string | null) => test.request('GET', url, { authorization });

  it('makes keys that work at once, shows them once, and stores only a hash', async () => {
    const made = await makeKey(test, 'team-a');
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

  it('refuses a deleted key from the next request on', async () => {
    const { id, key } = await makeKey(test, 'short-lived');
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
    const { id } = await makeKey(test, 'to be limited');
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

  it('says how urgent the generations of a key are, and may be', async () => {
    const made = await makeKey(test, 'in a hurry');
    expect(made.priority).toEqual({ default: 'normal', max: 'normal' });
    const asked = async () => (await get('/probe/generate', `Bearer ${made.key}`)).body;
    expect(await asked()).toMatchObject({ priority: { default: 'normal', max: 'normal' } });
    const patch = async (priority: unknown) =>
      (await test.request('PATCH', `/admin/keys/${made.id}`, { body: { priority } })).body;
    for (const [priority, shown] of [
      [{ max: 'high' }, { default: 'normal', max: 'high' }],
      [{ max: 'low' }, { default: 'low', max: 'low' }],
      [{ default: 'high' }, { default: 'high', max: 'high' }],
      [{ default: 'low' }, { default: 'low', max: 'normal' }],
      [{}, { default: 'normal', max: 'normal' }],
      [
        { default: 'low', max: 'high' },
        { default: 'low', max: 'high' },
      ],
      [null, { default: 'normal', max: 'normal' }],
    ]) {
      expect(await patch(priority)).toMatchObject({ label: 'in a hurry', priority: shown });
      expect(await asked()).toMatchObject({ priority: shown });
    }
    const body = { label: 'batch', priority: { default: 'low', max: 'low' } };
    expect((await test.request('POST', '/admin/keys', { body })).body).toMatchObject(body);
  });

  it.each([
    [{ max: 'urgent' }, '"priority.max": got "urgent"; expected one of "low"|"normal"|"high".'],
    [{ max: 10 }, '"priority.max": got 10; expected one of "low"|"normal"|"high".'],
    [
      { default: 'high', max: 'normal' },
      '"priority.default": got "high"; expected at most the priority in max.',
    ],
    [{ maximum: 'low' }, '"priority.maximum" is not known here. Known are default, max.'],
  ])('refuses the priority %j', async (priority, message) => {
    const answer = await test.request('POST', '/admin/keys', { body: { label: 'a', priority } });
    expect(answer).toMatchObject({ status: 400, body: { error: { message } } });
  });

  it('records the last use, but not more often than every few minutes', async () => {
    const { id, key } = await makeKey(test, 'watched');
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
    await makeKey(test, 'one');
    await test.clock.advance(1);
    await makeKey(test, 'two');
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
