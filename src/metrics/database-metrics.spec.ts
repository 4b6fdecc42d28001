import { DatabaseFile, DatabasePool, WriteBehindBuffers } from 'penstock/database';
import { MetricsModule } from 'penstock/metrics';
import { parseExposition } from 'penstock/metrics/testing';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';

import { startApp, type TestApp } from '../../test/support/start-app.js';
import { DatabaseMetrics } from './database-metrics.js';

const start = (globals: NonNullable<Parameters<typeof startApp>[0]['globals']> = []): Promise<TestApp> =>
  startApp({
    imports: [MetricsModule.forRoot({ processMetrics: false })],
    migrations: [],
    providers: [DatabaseMetrics],
    globals,
  });
const scrape = async ({ app }: TestApp) => parseExposition(await app.get(Registry).metrics());

it('shows the file of the database, its log, and what waits to be written', async () => {
  const test = await start();
  await test.app.get(DatabasePool).write((manager) => manager.query('CREATE TABLE bulk (bytes BLOB)'));
  const buffer = test.app
    .get(WriteBehindBuffers)
    .create<string>({ name: 'visits', write: async () => undefined });
  buffer.add('one');
  const before = await scrape(test);
  expect(before.value('penstock_database_bytes', { part: 'file' })).toBeGreaterThan(0);
  expect(before.value('penstock_database_bytes', { part: 'free' })).toBe(0);
  expect(before.value('penstock_database_bytes', { part: 'wal' })).toBeGreaterThan(0);
  expect(before.value('penstock_database_wal_over_limit')).toBe(0);
  expect(before.value('penstock_write_behind_rows', { buffer: 'visits', state: 'pending' })).toBe(1);
  await test.app.get(DatabaseFile).care();
  await buffer.flush();
  const after = await scrape(test);
  expect(after.value('penstock_database_bytes', { part: 'wal' })).toBe(0);
  expect(after.value('penstock_write_behind_rows', { buffer: 'visits', state: 'written' })).toBe(1);
  await test.close();
});

it('leaves out the file while it cannot be looked at', async () => {
  const test = await start();
  const file = test.app.get(DatabaseFile);
  const state = file.state.bind(file);
  file.state = () => Promise.reject(new Error('disk gone'));
  const names = async () => (await scrape(test)).samples.map(({ name }) => name);
  expect(await names()).not.toContain('penstock_database_bytes');
  file.state = state;
  expect(await names()).toContain('penstock_database_bytes');
  await test.close();
});

it('leaves out the file where there is none', async () => {
  const test = await start([{ provide: DatabaseFile, useValue: null }]);
  expect((await scrape(test)).samples.some(({ name }) => name.startsWith('penstock_database'))).toBe(false);
  await test.close();
});
