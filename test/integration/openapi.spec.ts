import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createPenstock, type Penstock } from '../../src/index.js';
import { ADMIN_KEY } from '../support/gateway-process.js';

interface Operation {
  readonly summary?: string;
  readonly responses: Readonly<Record<string, unknown>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

describe('/openapi.json of the whole gateway', () => {
  let folder: string;
  let penstock: Penstock;
  let document: Document;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'penstock-openapi-'));
    penstock = await createPenstock({
      environment: { PENSTOCK_DATA_DIR: folder, PENSTOCK_ADMIN_KEY: ADMIN_KEY, LOG_LEVEL: 'fatal' },
    });
    await penstock.app.init();
    const headers = { authorization: `Bearer ${ADMIN_KEY}` };
    const answer = await penstock.app.inject({ url: '/openapi.json', headers });
    document = answer.json<Document>();
  });
  afterAll(async () => {
    await penstock.app.close();
    await rm(folder, { recursive: true });
  });

  it('refers only to schemas that it holds', () => {
    const refs = JSON.stringify(document).match(/"\$ref":"[^"]+"/g) ?? [];
    const names = new Set(refs.map((ref) => /schemas\/([^"]+)/.exec(ref)?.[1] ?? ref));
    expect([...names].filter((name) => !(name in document.components.schemas))).toEqual([]);
    expect(names.size).toBeGreaterThan(10);
  });

  it('describes every route: what it is for, its answer and its errors', () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, ...operation })),
    );
    expect(operations.length).toBeGreaterThan(25);
    for (const { name, summary, responses } of operations) {
      expect(summary, name).toMatch(/\.$/);
      expect(
        Object.keys(responses).some((status) => status.startsWith('2')),
        name,
      ).toBe(true);
      if (!name.startsWith('get /health/')) expect(responses, name).toHaveProperty('401');
    }
  });

  it('has every route that other programs rely on', () => {
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes).toEqual(
      expect.arrayContaining([
        'GET /v1/models',
        'GET /v1/models/{id}',
        'POST /v1/videos',
        'GET /v1/videos',
        'GET /v1/videos/{id}',
        'DELETE /v1/videos/{id}',
        'GET /v1/videos/{id}/content',
        'POST /v1/videos/{id}/remix',
        'POST /v1/generations',
        'GET /v1/generations',
        'GET /v1/generations/{id}',
        'GET /v1/generations/{id}/events',
        'POST /v1/generations/{id}/cancel',
        'GET /v1/generations/{id}/assets/{index}',
        'GET /admin/tokens',
        'POST /admin/tokens',
        'GET /admin/tokens/{id}',
        'PATCH /admin/tokens/{id}',
        'DELETE /admin/tokens/{id}',
        'POST /admin/tokens/{id}/enable',
        'POST /admin/tokens/{id}/disable',
        'POST /admin/tokens/{id}/test',
        'GET /admin/keys',
        'POST /admin/keys',
        'DELETE /admin/keys/{id}',
        'GET /health/live',
        'GET /health/ready',
        'GET /metrics',
        'GET /docs',
        'GET /openapi.json',
      ]),
    );
  });
});
