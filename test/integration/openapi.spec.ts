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
      if (!/^get \/(health|links)\//.test(name)) expect(responses, name).toHaveProperty('401');
    }
  });
});
