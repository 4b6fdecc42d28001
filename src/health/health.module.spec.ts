import { Module } from '@nestjs/common';
import { DatabasePool } from 'penstock/database';
import { TokenCache, TokenCacheModule } from 'penstock/token-cache';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { AuthModule, authMigrations } from '../auth/index.js';
import { startApp, type TestApp, type TestAppOptions } from '../../test/support/start-app.js';
import { tokenMigrations, TokenStorageModule } from '../tokens/index.js';

import { ContributesHealth, type HealthContributor, type HealthReport } from './health-contributor.js';
import { HealthModule } from './health.module.js';
import { healthMigrations } from './migrations/index.js';

@ContributesHealth('poller')
class PollerHealth implements HealthContributor {
  report: HealthReport | Error = { status: 'up', detail: { scheduled: 7 } };
  asked = 0;

  check(): HealthReport {
    this.asked += 1;
    if (this.report instanceof Error) throw this.report;
    return this.report;
  }
}

@Module({ providers: [PollerHealth], exports: [PollerHealth] })
class PollerModule {}

const options: TestAppOptions = {
  imports: [
    TokenCacheModule.forRoot({ isGlobal: true, imports: [TokenStorageModule] }),
    AuthModule,
    PollerModule,
    HealthModule,
  ],
  migrations: [...authMigrations, ...tokenMigrations, ...healthMigrations],
};

describe('HealthModule', () => {
  let test: TestApp;

  beforeEach(async () => {
    test = await startApp(options);
  });

  afterEach(async () => {
    vi.useRealTimers();
    await test.close();
  });

  const poller = () => test.app.get(PollerHealth);
  const ready = (authorization: string | null = null) =>
    test.request('GET', '/health/ready', { authorization });
  const readyForAdmin = () => test.request('GET', '/health/ready');

  it('has tables that are exactly what the entities say', async () => {
    const { upQueries } = await test.app.get(DataSource).driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('is live without a key', async () => {
    expect(await test.request('GET', '/health/live', { authorization: null })).toMatchObject({
      status: 200,
      body: { status: 'ok' },
      headers: { 'cache-control': 'no-store' },
    });
  });

  it('is ready, and tells only admins of the parts', async () => {
    expect(await ready()).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect((await ready()).text).not.toContain('database');
    expect((await readyForAdmin()).body).toMatchObject({
      status: 'ok',
      details: {
        database: { status: 'up', writer: { active: 0, idle: 1, waiting: 0 } },
        'token-cache': { status: 'up', tokens: 0, active: 0, lastError: null },
        poller: { status: 'up', scheduled: 7 },
      },
    });
  });

  it('welcomes requests while a part is degraded', async () => {
    poller().report = { status: 'degraded', detail: { late: 3 } };
    expect(await ready()).toMatchObject({ status: 200, body: { status: 'degraded' } });
    expect((await readyForAdmin()).body).toMatchObject({
      details: { poller: { status: 'degraded', late: 3 } },
    });
  });

  it.each([
    ['says so', { status: 'down', detail: { message: 'stuck' } } as const],
    ['throws', new Error('stuck')],
  ])('does not welcome requests while a part is down and %s', async (_, report) => {
    poller().report = report;
    expect(await ready()).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      body: { error: { type: 'server_error', code: 'not_ready', message: 'Not ready.' } },
    });
    expect((await readyForAdmin()).body).toMatchObject({ error: { message: 'Not ready: poller (stuck).' } });
    expect(test.logged.filter((line) => line.includes('Readiness is down'))).toHaveLength(1);
  });

  it('does not welcome requests when the database takes no writes', async () => {
    await test.app.get(DatabasePool).write((manager) => manager.query('DROP TABLE health_probes'));
    expect((await readyForAdmin()).body).toMatchObject({
      error: { code: 'not_ready', message: expect.stringContaining('Not ready: database (') as string },
    });
  });

  it('says what is wrong with the disk of the database, and is well again with it', async () => {
    const pragma = (value: string) =>
      test.app.get(DatabasePool).write((manager) => manager.query(`PRAGMA query_only = ${value}`));
    await pragma('ON');
    expect(await readyForAdmin()).toMatchObject({
      status: 503,
      body: {
        error: {
          message: expect.stringContaining('database (The database takes no writes: its file') as string,
        },
      },
    });
    await pragma('OFF');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 1_001 });
    expect((await readyForAdmin()).status).toBe(200);
  });

  it('is degraded while the tokens in memory are stale', async () => {
    await test.app.get(DatabasePool).write((manager) => manager.query('DROP TABLE tokens'));
    await expect(test.app.get(TokenCache).refresh()).rejects.toThrow();
    expect(await readyForAdmin()).toMatchObject({
      status: 200,
      body: {
        status: 'degraded',
        details: { 'token-cache': { lastError: expect.stringContaining('tokens') as string } },
      },
    });
  });

  it('asks each part at most once a second, however many ask', async () => {
    await Promise.all(Array.from({ length: 20 }, () => ready()));
    expect(poller().asked).toBe(1);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 1_001 });
    await ready();
    expect(poller().asked).toBe(2);
  });
});

describe('contributors', () => {
  @ContributesHealth('poller')
  class SecondPoller extends PollerHealth {}

  @ContributesHealth('empty')
  class WithoutCheck {}

  it.each([
    [SecondPoller, 'Two health contributors are named "poller". Rename one of them.'],
    [WithoutCheck, 'The health contributor "empty" has no method check(): implement HealthContributor.'],
  ])('are refused at the start: %s', async (contributor, message) => {
    @Module({ providers: [contributor] })
    class PluginModule {}

    await expect(startApp({ ...options, imports: [...options.imports, PluginModule] })).rejects.toThrow(
      message,
    );
  });
});
