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
import { TimedStatementsModule } from './timed-statements.js';

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

  @Get('count')
  async count(): Promise<string> {
    await this.pool.write((manager) => manager.query(LONG_COUNT));
    return 'counted';
  }

  @Get('upstream')
  async upstream(): Promise<string> {
    const bounds = { operation: 'verify', ids: { token: 'tok_1' } };
    await this.calls.run(bounds, () => new Promise((resolve) => void answers.push(resolve)));
    return 'answered';
  }
}

/** Takes about a second. */
const LONG_COUNT =
  'WITH RECURSIVE numbers(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM numbers WHERE x < 3000000) ' +
  'SELECT count(*) AS n FROM numbers';

/** What the upstream has not answered yet. */
const answers: ((value: unknown) => void)[] = [];

@Module({
  imports: [
    MetricsModule.forRoot({ isGlobal: true, processMetrics: false, controller: ProtectedMetricsController }),
    SettingsModule.forFeature([slowOperationsSettings]),
    TimedStatementsModule,
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
    { what: 'a held lock', kind: 'write', resource: 'database.writer', count: 1, inside: [] },
    { what: 'a full pool', kind: 'read', resource: 'database.readers', count: 5, inside: ['query BEGIN'] },
  ] as const)('names $what: one warning, one count, one entry', async ({ kind, resource, count, inside }) => {
    const within = [...inside, `GET /work/${kind}`];
    const giveBack = await hold(kind, count);
    const answer = ask(kind);
    const stats = () => test.app.get(DatabasePool).stats();
    await expect.poll(() => stats().readers.waiting + stats().writer.waiting).toBe(1);
    await test.clock.advance(2_500);
    await giveBack();
    expect((await answer).status).toBe(200);
    expect(warnings()).toEqual([
      expect.stringContaining(
        `Waited 2500 ms for ${resource}: acquired, held by a long import, in ${within.join(', in ')} (request r-${kind}).`,
      ),
    ]);
    const { latest, worst } = await slow();
    expect(latest).toEqual(worst);
    expect(latest).toMatchObject([
      {
        kind: 'wait',
        operation: resource,
        durationMs: 2_500,
        within,
        waits: [{ resource, holder: 'a long import' }],
        ids: { request: `r-${kind}` },
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

  it('names a slow statement: one warning, one count, one entry', async () => {
    const answer = ask('count');
    await expect.poll(() => test.app.get(DatabasePool).stats().writer.active, { interval: 10 }).toBe(1);
    await test.clock.advance(1_300);
    expect((await answer).status).toBe(200);
    expect(warnings()).toEqual([
      expect.stringContaining('query SELECT numbers took 1300 ms, in GET /work/count (request r-count).'),
    ]);
    expect((await slow()).latest).toMatchObject([
      { kind: 'query', operation: 'query SELECT numbers', durationMs: 1_300 },
    ]);
    const labels = { kind: 'query', operation: 'query SELECT numbers' };
    expect((await metrics()).value('penstock_slow_operations_total', labels)).toBe(1);
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
