import { AdmissionQueue } from 'penstock/balancer';
import { PollScheduler } from 'penstock/polling';
import { Settings, type SettingsRow } from 'penstock/settings';
import { TokenCache } from 'penstock/token-cache';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { startApp, type TestApp } from '../../test/support/start-app.js';

import {
  settingsChangePageSchema,
  settingsListSchema,
  settingsSectionSchema,
  type SettingsSectionView,
} from './settings.schemas.js';
import { changeSettings, errorOf, settingsApp, studioSettings } from './testing/settings-app.js';

describe('GatewaySettingsModule', () => {
  let test: TestApp;
  beforeEach(async () => {
    test = await startApp(settingsApp);
  });
  afterEach(() => test.close());

  const read = async (section: string): Promise<SettingsSectionView> => {
    const { body } = await test.request('GET', `/admin/settings/${section}`);
    return settingsSectionSchema.parse(body);
  };
  const change = (
    method: 'PUT' | 'PATCH' | 'DELETE',
    section: string,
    at: number | null,
    body?: unknown,
  ): ReturnType<TestApp['request']> =>
    changeSettings(test, method, section, { at, ...(body === undefined ? {} : { body }) });

  it('shows every section: what holds, what was set, the defaults, and what may be set', async () => {
    const { body } = await test.request('GET', '/admin/settings');
    const { data } = settingsListSchema.parse(body);
    expect(data.map(({ name }) => name)).toEqual([
      ...['acme-studio', 'balancer', 'health', 'polling', 'tokenCache'],
    ]);
    expect(data.find(({ name }) => name === 'polling')).toMatchObject({
      version: 0,
      values: { maxActive: 9, maxActivePerToken: 4 },
      overrides: {},
      defaults: { maxActive: 9 },
      schema: { properties: { maxActive: { type: 'integer', default: 9, minimum: 1 } } },
      ignored: [],
      updatedAt: null,
      updatedBy: null,
    });
  });

  it('changes a section, and says by whom and when', async () => {
    const put = await change('PUT', 'polling', 0, { maxActive: 2, minDelayMs: 50 });
    expect([put.status, put.headers['etag']]).toEqual([200, '"1"']);
    const patch = await change('PATCH', 'polling', 1, { minDelayMs: null, pollTimeoutMs: 10 });
    expect(settingsSectionSchema.parse(patch.body)).toMatchObject({
      version: 2,
      values: { maxActive: 2, minDelayMs: 100, pollTimeoutMs: 10 },
      overrides: { maxActive: 2, pollTimeoutMs: 10 },
      updatedAt: new Date(test.clock.now()).toISOString(),
      updatedBy: 'key_configured',
    });
    expect((await test.request('GET', '/admin/settings/polling')).headers['etag']).toBe('"2"');
    const reset = await change('DELETE', 'polling', 2);
    expect([reset.status, reset.headers['etag']]).toEqual([200, '"3"']);
    expect(await read('polling')).toMatchObject({ overrides: {}, values: { maxActive: 9 }, version: 3 });
  });

  it('tells what was changed, page by page', async () => {
    for (let n = 0; n < 3; n += 1) await change('PUT', 'acme-studio', n, { style: `style ${n}` });
    const page = async (query: string) => {
      const { body } = await test.request('GET', `/admin/settings/acme-studio/history${query}`);
      return settingsChangePageSchema.parse(body);
    };
    const first = await page('?limit=2');
    expect(first.data).toMatchObject([
      { version: 3, before: { style: 'style 1' }, after: { style: 'style 2' }, changedBy: 'key_configured' },
      { version: 2 },
    ]);
    expect(await page(`?limit=2&cursor=${first.nextCursor ?? ''}`)).toMatchObject({
      data: [{ version: 1, before: {}, after: { style: 'style 0' } }],
      nextCursor: null,
    });
  });

  it('keeps the parts that run at what is set', async () => {
    const polls = vi.spyOn(test.app.get(PollScheduler), 'configure');
    await change('PATCH', 'polling', 0, { maxActive: 3 });
    expect(polls.mock.lastCall?.[0]).toMatchObject({ maxActive: 3 });
    const queue = vi.spyOn(test.app.get(AdmissionQueue), 'configure');
    await change('PATCH', 'balancer', 0, { maxWaiting: 1 });
    expect(queue.mock.lastCall?.[0]).toEqual({
      maxWaiting: 1,
      priorityHeadStartMs: 300_000,
      fullRetryAfterMs: 5_000,
    });
    const refresh = vi.spyOn(test.app.get(TokenCache), 'refresh');
    await change('PATCH', 'tokenCache', 0, { ttlMs: 1_000 });
    await test.clock.advance(3_000);
    expect(refresh).toHaveBeenCalledTimes(3);
  });

  describe('refuses', () => {
    it('a change without a version, or with one that is none', async () => {
      const missing = await change('PUT', 'polling', null, {});
      expect([missing.status, errorOf(missing)['code']]).toEqual([428, 'precondition_required']);
      const wrong = await test.request('PUT', '/admin/settings/polling', {
        body: {},
        headers: { 'if-match': '*' },
      });
      expect([wrong.status, errorOf(wrong)['param']]).toEqual([400, 'If-Match']);
    });

    it('a change of what somebody changed meanwhile', async () => {
      await change('PUT', 'polling', 0, {});
      const late = await change('PATCH', 'polling', 0, { maxActive: 1 });
      expect([late.status, errorOf(late)['code'], late.headers['x-should-retry']]).toEqual([
        409,
        'settings_conflict',
        'false',
      ]);
      expect(errorOf(late)['message']).toContain('are at version 1, not 0');
    });

    it('values that do not fit, naming each field', async () => {
      const { status, body } = await change('PATCH', 'polling', 0, { maxActive: 0, backOffMaxMS: 1 });
      expect([status, errorOf({ body })]).toEqual([
        400,
        {
          code: 'settings_invalid',
          param: 'maxActive',
          type: 'invalid_request_error',
          message:
            'Settings "polling": "maxActive": got 0; expected number to be >=1. "backOffMaxMS" is not known here.',
        },
      ]);
      const together = await change('PATCH', 'polling', 0, { backOffBaseMs: 40_000 });
      expect(errorOf(together)['message']).toContain(
        '"backOffMaxMs": got 30000; expected at least backOffBaseMs.',
      );
    });

    it('a body that is no object', async () => {
      for (const body of [[], 7, null]) expect((await change('PUT', 'polling', 0, body)).status).toBe(400);
    });

    it('a section that there is not', async () => {
      for (const answer of [
        await test.request('GET', '/admin/settings/nails'),
        await test.request('GET', '/admin/settings/nails/history'),
        await change('PUT', 'nails', 0, {}),
      ]) {
        expect([answer.status, errorOf(answer)['code']]).toEqual([404, 'settings_section_not_found']);
      }
    });

    it('a cursor of another list', async () => {
      const answer = await test.request('GET', '/admin/settings/polling/history?cursor=WzEsImEiXQ');
      expect([answer.status, errorOf(answer)['param']]).toEqual([400, 'cursor']);
    });

    it('keys without the scope admin', async () => {
      const { body } = await test.request('POST', '/admin/keys', {
        body: { label: 'reader', scopes: ['generate', 'read', 'metrics'] },
      });
      const authorization = `Bearer ${(body as { readonly key: string }).key}`;
      const answer = await test.request('GET', '/admin/settings', { authorization });
      expect([answer.status, errorOf(answer)['code']]).toEqual([403, 'missing_scope']);
    });
  });

  it('reads no settings from the database for a request, and two tables for a change', async () => {
    await test.request('GET', '/admin/settings/polling');
    const statements: string[] = [];
    const { logger } = test.app.get(DataSource);
    vi.spyOn(logger, 'logQuery').mockImplementation((sql) => {
      if (/settings/.test(sql)) statements.push(sql);
    });
    for (let n = 0; n < 20; n += 1) {
      expect((await test.request('GET', '/admin/settings')).status).toBe(200);
      expect((await test.request('GET', '/admin/settings/polling')).status).toBe(200);
      test.app.get(Settings).get(studioSettings);
    }
    expect(statements).toEqual([]);
    await change('PATCH', 'polling', 0, { maxActive: 3 });
    expect(statements.map((sql) => /^(SELECT|INSERT INTO "\w+")/.exec(sql)?.[0])).toEqual([
      'SELECT',
      'INSERT INTO "settings"',
      'INSERT INTO "settings_changes"',
    ]);
  });

  it('starts on rows that do not fit any more, says so, and serves on', async () => {
    await change('PUT', 'polling', 0, { maxActive: 3 });
    const row: Partial<SettingsRow> = { overrides: '{"maxActive":"three","minDelayMs":5,"gone":true}' };
    await test.app.get(DataSource).getRepository('settings').update({ section: 'polling' }, row);
    const again = await startApp({ ...settingsApp, dataDir: test.dataDir });
    expect(again.logged.filter((line) => line.includes('is ignored'))).toHaveLength(2);
    const { body } = await again.request('GET', '/admin/settings/polling');
    expect(body).toMatchObject({
      values: { maxActive: 9, minDelayMs: 5 },
      overrides: { minDelayMs: 5 },
      ignored: ['"maxActive": got "three"; expected number.', '"gone" is not known here.'],
    });
    expect((await again.request('GET', '/health/ready')).body).toMatchObject({
      status: 'degraded',
      details: { settings: { status: 'degraded', ignoring: ['polling'] } },
    });
    await again.close();
  });
});
