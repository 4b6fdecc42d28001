import { Test } from '@nestjs/testing';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { WaitObserver } from 'penstock/concurrency';
import { register, Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';

import { type Exposition, parseExposition } from '../testing/index.js';
import { AppMetrics } from './app-metrics.js';
import { MetricsModule } from './metrics.module.js';
import type { MetricsOptions } from './metrics.options.js';
import { PrometheusWaitObserver } from './prometheus-wait-observer.js';

const apps: NestFastifyApplication[] = [];

async function start(options: MetricsOptions = {}): Promise<NestFastifyApplication> {
  const testing = await Test.createTestingModule({ imports: [MetricsModule.forRoot(options)] }).compile();
  const app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
  apps.push(app);
  await app.init();
  return app;
}

async function scrape(app: NestFastifyApplication): Promise<Exposition> {
  return parseExposition((await app.inject('/metrics')).body);
}

describe('MetricsModule', () => {
  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
  });

  it('serves the text format', async () => {
    const app = await start();
    const answer = await app.inject('/metrics');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      'cache-control': 'no-store',
    });
    const exposition = parseExposition(answer.body);
    expect(exposition.types.get('penstock_wait_seconds')).toBe('histogram');
    expect(exposition.value('process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
  });

  it('gives every application a registry of its own', async () => {
    const [first, second] = [await start(), await start()];
    const description = { name: 'jobs_total', help: 'Jobs.' };
    first.get(AppMetrics).counter(description).inc(3);
    second.get(AppMetrics).counter(description).inc(5);
    expect((await scrape(first)).value('jobs_total')).toBe(3);
    expect((await scrape(second)).value('jobs_total')).toBe(5);
    expect(register.getMetricsAsArray()).toEqual([]);
  });

  it('leaves process metrics out and adds labels when told to', async () => {
    const app = await start({ processMetrics: false, defaultLabels: { instance: 'a' } });
    app.get(AppMetrics).counter({ name: 'jobs_total', help: 'Jobs.' }).inc();
    const exposition = await scrape(app);
    expect(exposition.types.has('process_cpu_seconds_total')).toBe(false);
    expect(exposition.value('jobs_total', { instance: 'a' })).toBe(1);
  });

  it('is the WaitObserver of the application', async () => {
    const app = await start();
    expect(app.get(WaitObserver)).toBeInstanceOf(PrometheusWaitObserver);
    app.get(WaitObserver).waited({ resource: 'lock', waitedMs: 3, holder: undefined, outcome: 'acquired' });
    const exposition = await scrape(app);
    expect(exposition.value('penstock_wait_seconds_count', { resource: 'lock', outcome: 'acquired' })).toBe(
      1,
    );
    expect(app.get(Registry).getSingleMetric('penstock_wait_seconds')).toBeDefined();
  });

  it.each<[MetricsOptions, string]>([
    [{ slowOperationMs: 0 }, 'slowOperationMs must be > 0, got 0'],
    [{ slowAfterMs: { backup: -1 } }, 'slowAfterMs of backup must be > 0, got -1'],
    [{ slowWaitMs: NaN }, 'slowWaitMs must be > 0, got NaN'],
  ])('refuses %j', async (options, message) => {
    const imports = [MetricsModule.forRootAsync({ useFactory: () => options })];
    await expect(Test.createTestingModule({ imports }).compile()).rejects.toThrow(new RangeError(message));
  });
});
