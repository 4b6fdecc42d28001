import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { lintExposition, parseExposition, type Exposition } from 'penstock/metrics/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

import { CounterModule } from '../../examples/plugin-counter/index.js';
import { createHttpAdapter, loadConfig, PenstockModule } from '../../src/index.js';
import { ADMIN_KEY } from '../support/gateway-process.js';

const OF_SERIES = /_(bucket|count|sum)$/;
const METRIC = /\b(?:penstock|nodejs|process)_[a-z0-9_]+/g;
/** Methods, routes and statuses that the traffic below has. */
const MOST_REQUEST_SERIES = 12;

const rules = z.object({
  groups: z.array(
    z.object({
      rules: z
        .array(
          z.object({
            alert: z.string(),
            expr: z.string(),
            labels: z.object({ severity: z.enum(['critical', 'warning']) }),
            annotations: z.object({ summary: z.string(), action: z.string() }),
          }),
        )
        .min(1),
    }),
  ),
});
const dashboard = z.object({
  panels: z
    .array(z.object({ id: z.number(), targets: z.array(z.object({ expr: z.string() })).min(1) }))
    .min(1),
});
const read = (name: string) => readFile(new URL(`../../docs/monitoring/${name}`, import.meta.url), 'utf8');
const metricsIn = (expressions: readonly string[]) => [
  ...new Set(expressions.flatMap((expression) => expression.match(METRIC) ?? [])),
];

describe('metrics of the gateway', () => {
  let folder: string;
  let app: NestFastifyApplication;
  const ask = (url: string) =>
    app.inject({ url, headers: { authorization: `Bearer ${ADMIN_KEY}` } }).then(({ body }) => body);
  const scrape = async (): Promise<Exposition> => parseExposition(await ask('/metrics'));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'penstock-monitoring-'));
    const config = loadConfig({
      PENSTOCK_DATA_DIR: folder,
      PENSTOCK_ADMIN_KEY: ADMIN_KEY,
      LOG_LEVEL: 'fatal',
    });
    const imports = [PenstockModule.forRoot({ config, plugins: [CounterModule] })];
    const testing = await Test.createTestingModule({ imports }).compile();
    app = testing.createNestApplication<NestFastifyApplication>(createHttpAdapter());
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  });
  afterAll(async () => {
    await app.close();
    await rm(folder, { recursive: true });
  });

  it('keep to the conventions of Prometheus', async () => {
    await ask('/v1/models');
    expect(lintExposition(await scrape())).toEqual([]);
  });

  it('do not grow with the URLs that are asked for', async () => {
    const traffic = async (from: number): Promise<void> => {
      for (let n = from; n < from + 200; n += 1) {
        await ask(`/v1/videos/video_${String(n)}`);
        await ask(`/admin/tokens/tok_${String(n)}?n=${String(n)}`);
        await ask(`/nothing/${String(n)}`);
      }
    };
    const series = async () =>
      (await scrape()).samples
        .filter(({ name }) => name === 'penstock_http_request_duration_seconds_count')
        .map(({ labels }) => JSON.stringify(labels));
    await traffic(0);
    await series();
    const before = await series();
    await traffic(1_000);
    expect(await series()).toEqual(before);
    expect(before.length).toBeLessThanOrEqual(MOST_REQUEST_SERIES);
    expect(before.join()).toContain('/v1/videos/:id');
    expect(before.join()).not.toMatch(/video_|tok_|nothing/);
  });

  it('are there before the first of what an alert takes the increase of', async () => {
    const added = await app.inject({
      method: 'POST',
      url: '/admin/tokens',
      headers: { authorization: `Bearer ${ADMIN_KEY}` },
      payload: { provider: 'counter', label: 'one', secret: 'sk-one' },
    });
    expect(added.statusCode).toBe(201);
    const watched = [...(await read('alerts.yaml')).matchAll(/increase\((\w+)\{(.+?)\}/g)];
    expect(watched.length).toBeGreaterThan(3);
    const shown = await scrape();
    const missing = watched.filter(([, metric, selectors = '']) => {
      const labels = [...selectors.matchAll(/(\w+)="(\w+)"/g)].map(([, name, value]) => [name, value]);
      return !shown.samples.some(
        (sample) =>
          sample.name === metric && labels.every(([name = '', value]) => sample.labels[name] === value),
      );
    });
    expect(missing.map(([text]) => text)).toEqual([]);
  });

  it.each([
    [
      'alerts.yaml',
      (text: string) => rules.parse(parse(text)).groups.flatMap((of) => of.rules.map(({ expr }) => expr)),
    ],
    [
      'dashboard.json',
      (text: string) =>
        dashboard.parse(JSON.parse(text)).panels.flatMap((of) => of.targets.map(({ expr }) => expr)),
    ],
  ])('are all that %s asks for', async (file, expressionsOf) => {
    const { types } = await scrape();
    const named = metricsIn(expressionsOf(await read(file)));
    expect(named.length).toBeGreaterThan(8);
    expect(
      named.filter((name) => !types.has(name) && types.get(name.replace(OF_SERIES, '')) !== 'histogram'),
    ).toEqual([]);
  });
});
