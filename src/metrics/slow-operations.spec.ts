import { Controller, Get, Module } from '@nestjs/common';
import { DatabasePool } from 'penstock/database';
import { MetricsModule } from 'penstock/metrics';
import { parseExposition } from 'penstock/metrics/testing';
import { Settings, SettingsEditor, SettingsModule } from 'penstock/settings';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startApp, type TestApp } from '../../test/support/start-app.js';
import { AuthModule, RequireScope } from '../auth/index.js';
import { ApiKey } from '../auth/api-key.entity.js';
import { migrations } from '../migrations.js';
import { BoundedCalls } from '../providers/index.js';
import { ProtectedMetricsController } from './protected-metrics.controller.js';
import { SlowLimitsKeeper } from './slow-limits-keeper.js';
import { SlowOperationsController } from './slow-operations.controller.js';
import { slowOperationsSchema } from './slow-operations.schemas.js';
import { slowOperationsSettings } from './slow-operations.settings.js';

@RequireScope('read')
@Controller('work')
class WorkController {
  constructor(
    private readonly pool: DatabasePool,
    private readonly calls: BoundedCalls,
  ) {}

  @Get('write')
  async write(): Promise<string> {
    await this.pool.write((manager) => manager.delete(ApiKey, { id: 'nobody' }));
    return 'written';
  }

  @Get('read')
  async read(): Promise<number> {
    return await this.pool.read((manager) => manager.count(ApiKey));
  }

  @Get('upstream')
  async upstream(): Promise<string> {
    const bounds = { operation: 'verify', ids: { token: 'tok_1' } };
    await this.calls.run(bounds, () => new Promise((resolve) => void answers.push(resolve)));
    return 'answered';
  }
}

/** What the upstream has not answered yet. */
const answers: ((value: unknown) => void)[] = [];

@Module({
  imports: [
    MetricsModule.forRoot({
      ...{ isGlobal: true, processMetrics: false },
      controller: ProtectedMetricsController,
    }),
    SettingsModule.forFeature([slowOperationsSettings]),
  ],
  controllers: [SlowOperationsController, WorkController],
  providers: [SlowLimitsKeeper, BoundedCalls],
})
class SlowModule {}

describe('what is slow', () => {
  let test: TestApp;
  beforeEach(async () => {
    answers.length = 0;
    test = await startApp({ imports: [AuthModule, SlowModule], migrations });
  });
  afterEach(() => test.close());

  const ask = (what: string) =>
    test.request('GET', `/work/${what}`, { headers: { 'x-request-id': `r-${what}` } });
  const slow = async () =>
    slowOperationsSchema.parse((await test.request('GET', '/admin/slow-operations')).body);
  const metrics = async () => parseExposition((await test.request('GET', '/metrics')).text);
  const warnings = () => test.logged.filter((line) => / took |Waited /.test(line));

  /** Takes connections by name, until it is told to give them back. */
  async function hold(kind: 'read' | 'write', count: number): Promise<() => Promise<void>> {
    const pool = test.app.get(DatabasePool);
    const held = withResolvers();
    const begun: Promise<unknown>[] = [];
    const all = Array.from({ length: count }, () => {
      const started = withResolvers();
      begun.push(started.promise);
      return pool[kind](
        async () => {
          started.resolve(undefined);
          await held.promise;
        },
        { label: 'a long import' },
      );
    });
    await Promise.all(begun);
    return async () => {
      held.resolve(undefined);
      await Promise.all(all);
    };
  }

  it.each([
    ['a held lock', 'write', 'database.writer', 1],
    ['a full pool', 'read', 'database.readers', 5],
  ] as const)('names %s: one warning, one count, one entry', async (_, kind, resource, count) => {
    const giveBack = await hold(kind, count);
    const answer = ask(kind);
    const stats = () => test.app.get(DatabasePool).stats();
    await expect.poll(() => stats().readers.waiting + stats().writer.waiting).toBe(1);
    await test.clock.advance(2_500);
    await giveBack();
    expect((await answer).status).toBe(200);
    expect(warnings()).toEqual([
      expect.stringContaining(
        `Waited 2500 ms for ${resource}: acquired, held by a long import, in GET /work/${kind} (request r-${kind}).`,
      ),
    ]);
    const { latest, worst } = await slow();
    expect(latest).toEqual(worst);
    expect(latest).toMatchObject([
      {
        ...{ kind: 'wait', operation: resource, durationMs: 2_500, within: [`GET /work/${kind}`] },
        ...{ waits: [{ resource, holder: 'a long import' }], ids: { request: `r-${kind}` } },
      },
    ]);
    const exposition = await metrics();
    expect(exposition.value('penstock_slow_waits_total', { resource })).toBe(1);
    expect(exposition.value('penstock_slow_operations_total')).toBeUndefined();
  });

  it('names a slow upstream: one warning, one count, one entry', async () => {
    const answer = ask('upstream');
    await expect.poll(() => answers.length).toBe(1);
    await test.clock.advance(1_700);
    answers[0]?.(undefined);
    expect((await answer).status).toBe(200);
    expect(warnings()).toEqual([
      expect.stringContaining(
        'upstream verify took 1700 ms, in GET /work/upstream (request r-upstream, token tok_1).',
      ),
    ]);
    expect((await slow()).latest).toMatchObject([
      { kind: 'upstream', operation: 'upstream verify', durationMs: 1_700 },
    ]);
    const exposition = await metrics();
    const labels = { kind: 'upstream', operation: 'upstream verify' };
    expect(exposition.value('penstock_slow_operations_total', labels)).toBe(1);
    expect(exposition.value('penstock_http_slow_requests_total', { route: '/work/upstream' })).toBe(1);
  });

  it('follows the limits of the settings', async () => {
    const values = { slowOperationMs: 10_000, slowAfterMs: { 'upstream verify': 200 } };
    const { version } = test.app.get(Settings).state('slowOperations');
    await test.app
      .get(SettingsEditor)
      .put('slowOperations', values, { expectedVersion: version, by: 'key_1' });
    for (const tookMs of [200, 201]) {
      const answer = ask('upstream');
      await expect.poll(() => answers.length).toBe(1);
      await test.clock.advance(tookMs);
      answers.pop()?.(undefined);
      await answer;
    }
    expect((await slow()).latest.map(({ durationMs, limitMs }) => [durationMs, limitMs])).toEqual([
      [201, 200],
    ]);
  });

  it('is for admins to see', async () => {
    const { body } = await test.request('POST', '/admin/keys', { body: { label: 'a', scopes: ['metrics'] } });
    const authorization = `Bearer ${(body as { key: string }).key}`;
    expect((await test.request('GET', '/admin/slow-operations', { authorization })).status).toBe(403);
  });
});

function withResolvers(): {
  readonly promise: Promise<undefined>;
  readonly resolve: (value: undefined) => void;
} {
  let resolve: (value: undefined) => void = () => undefined;
  const promise = new Promise<undefined>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
