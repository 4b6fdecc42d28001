import { Balancer } from 'penstock/balancer';
import type { SettingsRow } from 'penstock/settings';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { startApp, type TestApp } from '../../test/support/start-app.js';

import { changeSettings, errorOf, settingsApp } from './testing/settings-app.js';

describe('the settings of the balancer', () => {
  let test: TestApp;
  beforeEach(async () => {
    test = await startApp(settingsApp);
  });
  afterEach(() => test.close());

  const read = async (): Promise<unknown> => (await test.request('GET', '/admin/settings/balancer')).body;
  const change = (method: 'PUT' | 'PATCH', at: number, body: object): ReturnType<TestApp['request']> =>
    changeSettings(test, method, 'balancer', { at, body });

  it('change strategies and limits while it runs', async () => {
    const balancer = vi.spyOn(test.app.get(Balancer), 'configure');
    await change('PUT', 0, {
      strategies: { models: { 'sora-2': 'weighted' } },
      limits: { groups: { org: { limits: { video: 3 } } }, providers: { acme: { requestsPerMinute: 60 } } },
    });
    expect(balancer.mock.lastCall?.[0]).toEqual({
      strategies: { default: 'random', models: { 'sora-2': 'weighted' } },
      limits: {
        groups: { org: { limits: { video: 3 } } },
        providers: { acme: { limits: {}, requestsPerMinute: 60 } },
      },
    });
  });

  it('refuse limits that are none, and strategies that there are not', async () => {
    const answer = await change('PATCH', 0, {
      limits: { groups: { org: { limits: { video: 0 }, requestsPerMinute: 0.5 } } },
    });
    expect([answer.status, errorOf(answer)['message']]).toEqual([
      400,
      'Settings "balancer": "limits.groups.org.limits.video": got 0; expected an integer of at least 1, or -1 for ' +
        'no limit. "limits.groups.org.requestsPerMinute": got 0.5; expected int.',
    ]);
    const strategies = { default: 'weighted', models: { 'sora-2': 'fastest' } };
    const refused = await change('PATCH', 0, { maxWaiting: 9, strategies });
    expect([refused.status, errorOf(refused)]).toEqual([
      400,
      {
        code: 'settings_invalid',
        param: 'strategies.models.sora-2',
        type: 'invalid_request_error',
        message:
          'Settings "balancer": "strategies.models.sora-2": got "fastest"; expected one of least-in-flight, ' +
          'power-of-two-choices, quota-aware, random, round-robin, weighted.',
      },
    ]);
    const misspelt = { limits: { providers: { acme: {}, acne: { requestsPerMinute: 60 } } } };
    const unknown = await change('PATCH', 0, misspelt);
    expect([unknown.status, errorOf(unknown)]).toMatchObject([
      400,
      {
        param: 'limits.providers.acne',
        message: expect.stringContaining('expected the name of a provider: acme.') as string,
      },
    ]);
    expect(await read()).toMatchObject({ version: 0, values: { maxWaiting: 7 } });
  });

  it('do without the strategy and the limits of plugins that are gone, and keep what is set beside it', async () => {
    await change('PUT', 0, { strategies: { default: 'weighted' } });
    const overrides = JSON.stringify({
      strategies: { default: 'cheapest-first', models: { 'sora-2': 'weighted' } },
      limits: {
        groups: { org: { requestsPerMinute: 5 } },
        providers: { acme: { limits: { video: 2 } }, gone: { limits: { video: 3 } } },
      },
    });
    const row: Partial<SettingsRow> = { overrides };
    await test.app.get(DataSource).getRepository('settings').update({ section: 'balancer' }, row);
    const again = await startApp({ ...settingsApp, dataDir: test.dataDir });
    const { body } = await again.request('GET', '/admin/settings/balancer');
    expect(body).toMatchObject({
      values: {
        strategies: { default: 'random', models: { 'sora-2': 'weighted' } },
        limits: {
          groups: { org: { limits: {}, requestsPerMinute: 5 } },
          providers: { acme: { limits: { video: 2 }, requestsPerMinute: null } },
        },
      },
      ignored: [
        expect.stringContaining('"strategies.default": got "cheapest-first"; expected one of'),
        expect.stringContaining('"limits.providers.gone"'),
      ],
    });
    await again.close();
  });
});
