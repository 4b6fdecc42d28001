import { Module } from '@nestjs/common';
import { DatabasePool } from 'penstock/database';
import { PollScheduler } from 'penstock/polling';
import { aPollScheduler } from 'penstock/polling/testing';
import { SettingsEditor } from 'penstock/settings';
import { TokenCache, TokenCacheModule } from 'penstock/token-cache';
import { aToken } from 'penstock/token-cache/testing';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { AuthModule, authMigrations } from '../auth/index.js';
import { startApp, type TestApp, type TestAppOptions } from '../../test/support/start-app.js';
import { tokenMigrations, TokenStorageModule } from '../tokens/index.js';

import { ContributesHealth, type HealthContributor, type HealthReport } from './health-contributor.js';
import { HealthModule } from './health.module.js';
import { healthMigrations } from './migrations/index.js';
import { ReadinessCheck } from './readiness.js';

@ContributesHealth('bell')
class BellHealth implements HealthContributor {
  report: HealthReport | Error = { status: 'up', detail: { rung: 7 } };
  asked = 0;

  check(): HealthReport {
    this.asked += 1;
    if (this.report instanceof Error) throw this.report;
    return this.report;
  }
}

@Module({ providers: [BellHealth], exports: [BellHealth] })
class BellModule {}

const options: TestAppOptions = {
  imports: [
    TokenCacheModule.forRoot({ isGlobal: true, imports: [TokenStorageModule] }),
    AuthModule,
    BellModule,
    HealthModule,
  ],
  globals: [{ provide: PollScheduler, useFactory: () => aPollScheduler().scheduler }],
  migrations: [...authMigrations, ...tokenMigrations, ...healthMigrations],
};

describe('HealthModule', () => {
  let test: TestApp;

  beforeEach(async () => {
    test = await startApp(options);
    test.app.get(TokenCache).put(aToken());
    // How full the disk of the machine is must not matter.
    await setDisk({ diskWarnBytes: 0, diskMinBytes: 0 });
  });

  afterEach(async () => {
    vi.useRealTimers();
    await test.close();
  });

  const setDisk = (value: object, expectedVersion = 0) =>
    test.app.get(SettingsEditor).patch('health', value, { by: 'test', expectedVersion });
  const bell = () => test.app.get(BellHealth);
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
        'token-cache': { status: 'up', tokens: 1, active: 1, lastError: null },
        tokens: { status: 'up', ready: 1, disabled: 0 },
        migrations: { status: 'up' },
        poller: { status: 'up', tracked: 0, overdueMs: 0 },
        disk: { status: 'up', freeBytes: expect.any(Number) as number },
        bell: { status: 'up', rung: 7 },
      },
    });
  });

  it('welcomes requests while a part is degraded', async () => {
    bell().report = { status: 'degraded', detail: { late: 3 } };
    expect(await ready()).toMatchObject({ status: 200, body: { status: 'degraded' } });
    expect((await readyForAdmin()).body).toMatchObject({
      details: { bell: { status: 'degraded', late: 3 } },
    });
  });

  it.each([
    ['says so', { status: 'down', detail: { message: 'stuck' } } as const],
    ['throws', new Error('stuck')],
  ])('does not welcome requests while a part is down and %s', async (_, report) => {
    bell().report = report;
    expect(await ready()).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      body: { error: { type: 'server_error', code: 'not_ready', message: 'Not ready.' } },
    });
    expect((await readyForAdmin()).body).toMatchObject({ error: { message: 'Not ready: bell (stuck).' } });
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

  it('is degraded, not down, while no token is usable', async () => {
    const cache = test.app.get(TokenCache);
    cache.put(aToken({ version: 2, enabled: false }));
    expect(await ready()).toMatchObject({ status: 200, body: { status: 'degraded' } });
    expect((await readyForAdmin()).body).toMatchObject({
      details: { tokens: { status: 'degraded', ready: 0, disabled: 1 } },
    });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 1_001 });
    cache.put(aToken({ version: 3 }));
    expect(await ready()).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it.each([
    ['degraded', { diskWarnBytes: Number.MAX_SAFE_INTEGER }, 200],
    ['down', { diskMinBytes: Number.MAX_SAFE_INTEGER }, 503],
  ])('is %s with too little space on the disk', async (status, bounds, code) => {
    await setDisk(bounds, 1);
    const { status: answered, text } = await readyForAdmin();
    expect(answered).toBe(code);
    expect(text).toContain(status === 'down' ? 'Not ready: disk (Only ' : '"disk":{"status":"degraded"');
    expect(text).toContain('bytes are free where the data folder is. Free some space.');
  });

  it('is down while migrations are pending, and does not ask again once they are done', async () => {
    const source = test.app.get(DataSource);
    const asked = vi.spyOn(source, 'showMigrations').mockResolvedValueOnce(true);
    expect((await readyForAdmin()).body).toMatchObject({
      error: { message: expect.stringContaining('migrations (Migrations are pending') as string },
    });
    for (const after of [1_001, 2_002]) {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + after });
      expect((await readyForAdmin()).status).toBe(200);
    }
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it('has started once it was ready, whatever comes later', async () => {
    const started = (authorization: string | null = null) =>
      test.request('GET', '/health/startup', { authorization });
    bell().report = { status: 'down', detail: { message: 'stuck' } };
    expect(await started()).toMatchObject({
      status: 503,
      body: { error: { code: 'not_ready', message: 'Not ready.' } },
    });
    expect((await test.request('GET', '/health/startup')).text).toContain('Not ready: bell (stuck).');
    bell().report = { status: 'degraded', detail: {} };
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 1_001 });
    expect(await started()).toMatchObject({ status: 200, body: { status: 'ok' } });
    bell().report = new Error('stuck');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 1_001 });
    expect((await ready()).status).toBe(503);
    expect((await started()).status).toBe(200);
  });

  it('is not ready once the process ends, and live until it has ended', async () => {
    expect((await ready()).status).toBe(200);
    test.app.get(ReadinessCheck).onModuleDestroy();
    expect(await ready()).toMatchObject({
      status: 503,
      body: { error: { code: 'not_ready' } },
    });
    expect((await readyForAdmin()).body).toMatchObject({
      error: { message: 'Not ready: process (It ends, once what has begun is done.).' },
    });
    expect((await test.request('GET', '/health/live', { authorization: null })).status).toBe(200);
  });

  it('asks each part at most once a second, however many ask', async () => {
    await Promise.all(Array.from({ length: 20 }, () => ready()));
    expect(bell().asked).toBe(1);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 1_001 });
    await ready();
    expect(bell().asked).toBe(2);
  });
});

describe('contributors', () => {
  @ContributesHealth('bell')
  class SecondBell extends BellHealth {}

  @ContributesHealth('empty')
  class WithoutCheck {}

  it.each([
    [SecondBell, 'Two health contributors are named "bell". Rename one of them.'],
    [WithoutCheck, 'The health contributor "empty" has no method check(): implement HealthContributor.'],
  ])('are refused at the start: %s', async (contributor, message) => {
    @Module({ providers: [contributor] })
    class PluginModule {}

    await expect(startApp({ ...options, imports: [...options.imports, PluginModule] })).rejects.toThrow(
      message,
    );
  });
});
