import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { startCounterUpstream } from '../../examples/plugin-counter/stub-upstream.js';
import { ADMIN_KEY } from '../support/gateway-process.js';
import { runGateway } from '../support/run-gateway.js';
import { stage } from '../support/stage.js';

const COUNTER = './dist/examples/plugin-counter/index.js';
const FLAT_RATE = './dist/examples/strategy-flat-rate/index.js';

describe('a plugin of PENSTOCK_PLUGINS', () => {
  it('adds its model, and a generation of it runs to its file', async () => {
    const upstream = await startCounterUpstream({ key: 'counter-key' });
    onTestFinished(() => upstream.close());
    const on = await stage({}, { PENSTOCK_PLUGINS: COUNTER });
    const ask = (method: string, path: string, body?: unknown) => on.api.request(method, path, body);

    const models = (await ask('GET', '/v1/models')).body['data'] as readonly { id: string }[];
    expect(models.map(({ id }) => id)).toEqual(expect.arrayContaining(['sora-2', 'counter-1']));
    const added = await ask('POST', '/admin/tokens', {
      provider: 'counter',
      label: 'studio',
      secret: 'counter-key',
      baseUrl: upstream.base,
      limits: { image: 1 },
    });
    expect(added.status).toBe(201);
    expect((await ask('POST', `/admin/tokens/${String(added.body['id'])}/test`)).body).toMatchObject({
      valid: true,
      detail: 'Account studio',
    });

    const draw = (prompt: string) =>
      on.api.generate(prompt, { model: 'counter-1', input: { prompt, color: 'teal' } });
    const [first, second, smudged] = await Promise.all([draw('one'), draw('two'), draw('a smudge')]);
    expect(first.id).toMatch(/^image_/);
    expect((await on.api.end(first.id)).status).toBe('completed');
    expect((await on.api.end(second.id)).status).toBe('completed');
    expect((await on.api.end(smudged.id)).error).toEqual({
      code: 'drawing_failed',
      message: 'The ink smudged.',
    });
    const refused = await on.api.end((await draw('forbidden')).id);
    expect([refused.status, refused.error?.code]).toEqual(['failed', 'content_policy']);

    const { body } = await ask('GET', `/v1/generations/${first.id}`);
    expect(body).toMatchObject({
      kind: 'image',
      provider: 'counter',
      assets: [{ contentType: 'image/svg+xml' }],
    });
    const file = await ask('GET', `/v1/generations/${first.id}/assets/0`);
    expect([file.status, file.headers.get('content-type'), String(file.body)]).toEqual([
      200,
      'image/svg+xml',
      expect.stringContaining('<svg') as unknown,
    ]);
    expect((await ask('GET', `/v1/videos/${first.id}`)).status).toBe(404);
    const wrong = await ask('POST', '/v1/generations', {
      model: 'counter-1',
      input: { prompt: 'x', color: 'pink' },
    });
    expect([wrong.status, wrong.body['error']['param']]).toEqual([
      400,
      expect.stringContaining('color') as unknown,
    ]);
    expect((await ask('POST', '/v1/videos', { model: 'counter-1', prompt: 'x' })).status).toBe(404);
  });

  it('adds its strategy, which is chosen by a setting', async () => {
    const credentials = ['metered', 'flat'].map((secret) => ({ secret, concurrency: 3 }));
    const behaviour = { queue: { medianMs: 0 }, duration: { medianMs: 2_000, sigma: 0 } };
    const on = await stage({ credentials, behaviour }, { PENSTOCK_PLUGINS: FLAT_RATE });
    const ask = (method: string, path: string, body?: unknown, headers = {}) =>
      on.api.request(method, path, body, headers);
    // The newest is the first of the list.
    const [flat] = (await ask('GET', '/admin/tokens')).body['data'] as readonly { id: string }[];
    expect((await ask('PATCH', `/admin/tokens/${String(flat?.id)}`, { label: 'flat-1' })).status).toBe(200);
    const choose = (name: string) =>
      ask('PATCH', '/admin/settings/balancer', { strategies: { default: name } }, { 'if-match': '"0"' });
    const wrong = await choose('flat-rate-last');
    expect([wrong.status, JSON.stringify(wrong.body)]).toEqual([
      400,
      expect.stringContaining('flat-rate-first') as unknown,
    ]);
    expect((await choose('flat-rate-first')).status).toBe(200);
    const made = await Promise.all(['a', 'b', 'c', 'd'].map((prompt) => on.api.generate(prompt)));
    for (const { id } of made) expect((await on.api.end(id)).status).toBe('completed');
    const used = on.simulator.control
      .report()
      .secrets.map(({ secret, maxInFlight }) => [secret, maxInFlight]);
    expect(Object.fromEntries(used)).toMatchObject({ flat: 3, metered: 1 });
  });

  it('that cannot be loaded stops the start, and every one is named', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'penstock-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const throwing = join(folder, 'throwing.mjs');
    const empty = join(folder, 'empty.mjs');
    await writeFile(throwing, 'throw new Error("not today");');
    await writeFile(empty, 'export const nothing = 1;');
    const end = await runGateway({
      PORT: '0',
      PENSTOCK_DATA_DIR: folder,
      PENSTOCK_ADMIN_KEY: ADMIN_KEY,
      PENSTOCK_PLUGINS: ['./no/such/plugin.js', 'no-such-package', throwing, empty].join(','),
    });
    expect(end.code).toBe(1);
    for (const name of ['./no/such/plugin.js', 'no-such-package', throwing, empty])
      expect(end.stderr).toContain(`"${name}"`);
    expect(end.stderr).toContain('not today');
  });

  it('with the name of one that is there already stops the start', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'penstock-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const twin = join(process.cwd(), 'dist', `twin-${String(process.pid)}.mjs`);
    onTestFinished(() => rm(twin, { force: true }));
    await writeFile(
      twin,
      `import { Module } from '@nestjs/common';
       import { CounterProvider } from './examples/plugin-counter/counter.provider.js';
       class Twin extends CounterProvider {}
       for (const key of Reflect.getMetadataKeys(CounterProvider))
         Reflect.defineMetadata(key, Reflect.getMetadata(key, CounterProvider), Twin);
       export class TwinModule {}
       Module({ providers: [Twin] })(TwinModule);`,
    );
    const end = await runGateway({
      PORT: '0',
      PENSTOCK_DATA_DIR: folder,
      PENSTOCK_ADMIN_KEY: ADMIN_KEY,
      PENSTOCK_PLUGINS: `${COUNTER},${twin}`,
    });
    expect([end.code, end.stderr]).toEqual([
      1,
      expect.stringMatching(/"counter".*(CounterModule.*TwinModule|TwinModule.*CounterModule)/s) as unknown,
    ]);
  });
});
