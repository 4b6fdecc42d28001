import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import type { Answer, ApiClient } from '../support/api-client.js';
import { ADMIN_KEY } from '../support/gateway-process.js';
import { runGateway } from '../support/run-gateway.js';
import { openStage, QUICK, stage, type Stage } from '../support/stage.js';

/** Changes a section as `body` says, or gives all of it back to the defaults; `at` is the version that was looked at. */
const change = (
  api: ApiClient,
  method: 'PUT' | 'PATCH' | 'DELETE',
  { section, at, body }: { readonly section: string; readonly at: number; readonly body?: object },
): Promise<Answer> =>
  api.request(method, `/admin/settings/${section}`, body, { 'if-match': `"${String(at)}"` });

describe('the settings of a gateway that runs', () => {
  let on: Stage;
  let api: ApiClient;

  const versionOf = async (section: string): Promise<number> =>
    Number((await api.request('GET', `/admin/settings/${section}`)).body['version']);
  const set = async (section: string, body: object | null): Promise<void> => {
    const version = await versionOf(section);
    const answer = await (body === null
      ? change(api, 'DELETE', { section, at: version })
      : change(api, 'PUT', { section, at: version, body }));
    expect([answer.status, answer.headers.get('etag')]).toEqual([200, `"${String(version + 1)}"`]);
  };

  beforeAll(async () => {
    on = await openStage({ credentials: [{ secret: 'sk-one', concurrency: 1 }], behaviour: QUICK });
    api = on.api;
  });
  afterAll(() => on.close());

  it('change the log level at once', async () => {
    const failOnce = async (prompt: string): Promise<string> => {
      const fault = { type: 'rate-limited', retryAfterSeconds: 1 } as const;
      on.simulator.control.addFault({ operation: 'create', times: 1, fault });
      const { id } = await api.generate(prompt);
      expect((await api.end(id)).status).toBe('completed');
      return id;
    };
    const isLogged = (id: string): boolean =>
      on
        .gateway()
        .output()
        .split('\n')
        .some((line) => line.includes(id) && line.includes('A submission failed'));
    const before = await failOnce('under warn');
    await set('logging', { level: 'fatal' });
    const silent = await failOnce('under fatal');
    await set('logging', null);
    const after = await failOnce('under warn again');
    // Lines are written in turn, so that of the one in between would be there by then.
    await expect.poll(() => isLogged(after), { timeout: 20_000 }).toBe(true);
    expect([isLogged(before), isLogged(silent)]).toEqual([true, false]);
  });

  it('change when generations are polled, and survive a kill', async () => {
    await set('polling', { minDelayMs: 600_000 });
    const { id } = await api.generate('polled late');
    await api.reach(id, 'in_progress', 20_000);
    const { body } = await api.request('GET', `/v1/generations/${id}`);
    expect(Date.parse(String(body['nextPollAt'])) - Date.now()).toBeGreaterThan(300_000);
    await set('generation', { queueTimeoutMs: 1_200_000 });
    const before = (await api.request('GET', '/admin/settings')).body;
    await on.restart('SIGKILL');
    expect((await api.request('GET', '/admin/settings')).body).toEqual(before);
    await set('polling', null);
    await set('generation', null);
    await on.restart('SIGTERM');
    expect((await api.end(id)).status).toBe('completed');
  });

  it('change how long generations wait, those that wait already too', async () => {
    on.simulator.control.setBehaviour({ duration: { medianMs: 60_000 } });
    const serving = await api.generate('holds the only token');
    await api.reach(serving.id, 'in_progress', 20_000);
    on.simulator.control.setBehaviour(QUICK);
    const waiting = await api.generate('waits');
    await api.reach(waiting.id, 'queued');
    await set('generation', { queueTimeoutMs: 1 });
    const end = await api.end(waiting.id);
    expect([end.status, end.error?.code]).toEqual(['failed', 'queue_timeout']);
    await set('generation', null);
    await api.request('POST', `/v1/generations/${serving.id}/cancel`);
    expect((await api.end(serving.id)).status).toBe('cancelled');
  });

  it('let one of changes to one version through', async () => {
    const version = await versionOf('balancer');
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        change(api, 'PUT', { section: 'balancer', at: version, body: { maxWaiting: 100 + n } }),
      ),
    );
    const won = answers.filter(({ status }) => status === 200);
    const lost = answers.filter(({ status }) => status === 409);
    expect([won.length, lost.length]).toEqual([1, 7]);
    expect(new Set(lost.map(({ body }) => String(body['error']['code'])))).toEqual(
      new Set(['settings_conflict']),
    );
    const { body } = await api.request('GET', '/admin/settings/balancer');
    expect(body['values']).toEqual(won[0]?.body['values']);
    const history = await api.request('GET', '/admin/settings/balancer/history');
    expect(history.body['data']).toHaveLength(version + 1);
    expect(history.body['data'][0]).toMatchObject({ version: version + 1, changedBy: 'key_configured' });
  });
});

const PLUGIN = `
  import { Controller, Get, Inject, Module } from '@nestjs/common';
  import { RequireScope } from 'penstock';
  import { defineSettings, Settings, SettingsModule } from 'penstock/settings';
  import { z } from 'zod';

  const section = defineSettings({
    name: 'SECTION',
    description: 'Of a plugin.',
    schema: z.object({ style: z.string().default('plain') }),
  });

  class StudioController {
    constructor(settings) { this.settings = settings; }
    style() { return this.settings.get(section); }
  }
  Inject(Settings)(StudioController, undefined, 0);
  const style = Object.getOwnPropertyDescriptor(StudioController.prototype, 'style');
  for (const mark of [Get(), RequireScope('read')]) mark(StudioController.prototype, 'style', style);
  Controller('studio')(StudioController);

  export class StudioModule {}
  Module({ imports: [SettingsModule.forFeature([section])], controllers: [StudioController] })(StudioModule);
`;

describe('a section of a plugin', () => {
  /** Beside the build, from where it finds the very Penstock that runs it. */
  const plugin = async (section: string): Promise<string> => {
    const path = join(process.cwd(), 'dist', `${section}-${String(process.pid)}.mjs`);
    onTestFinished(() => rm(path, { force: true }));
    await writeFile(path, PLUGIN.replace('SECTION', section));
    return path;
  };

  it('is set like any other', async () => {
    const { api } = await stage({}, { PENSTOCK_PLUGINS: await plugin('studio') });
    const style = async (): Promise<unknown> => (await api.request('GET', '/studio')).body;
    expect(await style()).toEqual({ style: 'plain' });
    expect((await change(api, 'PATCH', { section: 'studio', at: 0, body: { style: 'bold' } })).status).toBe(
      200,
    );
    expect(await style()).toEqual({ style: 'bold' });
    const { body } = await change(api, 'PATCH', { section: 'studio', at: 1, body: { style: 7 } });
    expect(body['error']).toMatchObject({ code: 'settings_invalid', param: 'style' });
  });

  it('with the name of one that is there already stops the start', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'penstock-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const end = await runGateway({
      PORT: '0',
      PENSTOCK_DATA_DIR: folder,
      PENSTOCK_ADMIN_KEY: ADMIN_KEY,
      PENSTOCK_PLUGINS: await plugin('polling'),
    });
    expect([end.code, end.stderr]).toEqual([
      1,
      expect.stringMatching(
        /^Settings section "polling" is registered by (StudioModule and by GatewaySettingsModule|GatewaySettingsModule and by StudioModule)\. Rename one/,
      ) as unknown,
    ]);
  });
});
