import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { FlatRateModule } from '../../examples/strategy-flat-rate/index.js';
import { createPenstock, type Penstock } from '../../src/index.js';
import { curlsOf } from './docs/curl.js';
import { allPages, codeIn, page, rowsOf } from './docs/markdown.js';

describe('the requests that the pages show', () => {
  const curls = allPages().flatMap(curlsOf);
  let dataDir: string;
  let penstock: Penstock;
  let paths: OpenApiPaths;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'penstock-docs-'));
    const environment = { PENSTOCK_DATA_DIR: dataDir, PENSTOCK_ADMIN_KEY: KEY, LOG_LEVEL: 'fatal' };
    // The pages of the examples ask for what their modules add.
    penstock = await createPenstock({ environment, plugins: [FlatRateModule] });
    await penstock.app.init();
    await penstock.app.getHttpAdapter().getInstance().ready();
    paths = (JSON.parse((await ask('GET', '/openapi.json')).body) as { paths: OpenApiPaths }).paths;
  });

  afterAll(async () => {
    await penstock.app.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const ask = (method: 'GET' | 'POST' | 'PATCH', url: string, body?: string, ifMatch?: string) =>
    penstock.app.inject({
      method,
      url,
      headers: {
        authorization: `Bearer ${KEY}`,
        'content-type': 'application/json',
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      },
      ...(body === undefined ? {} : { payload: body }),
    });

  it('know every section of settings, and its fields', async () => {
    const { data } = JSON.parse((await ask('GET', '/admin/settings')).body) as {
      readonly data: readonly { readonly name: string; readonly values: object }[];
    };
    const rows = rowsOf(page('docs/configuration.md'), 'section');
    const documented = rows.map((row) => [codeIn(row['section']), codesIn(row['fields'])] as const);
    expect(Object.fromEntries(documented)).toEqual(
      Object.fromEntries(data.map(({ name, values }) => [name, Object.keys(values)])),
    );
  });

  it('go to routes that there are, with parameters that these take', () => {
    expect(curls.length).toBeGreaterThan(30);
    const wrong = curls.filter(({ method, path, query }) => {
      const route = routeOf(paths, path)?.[method.toLowerCase()];
      const known = route?.parameters
        ?.filter((parameter) => parameter.in === 'query')
        .map(({ name }) => name);
      return route === undefined || query.some((name) => known?.includes(name) !== true);
    });
    expect(wrong).toEqual([]);
  });

  it('have bodies that are taken, as far as an empty gateway can tell', async () => {
    const refused = [];
    for (const { at, method, path, body, ifMatch } of curls) {
      if (body === undefined || (method !== 'POST' && method !== 'PATCH')) continue;
      const answer = await ask(method, path.replaceAll(/\$\w+/g, 'x'), body, ifMatch);
      const { error } = JSON.parse(answer.body) as { error?: { code: string } };
      if (!UNAVOIDABLE.has(error?.code)) refused.push(`${at}: ${answer.body}`);
    }
    expect(refused).toEqual([]);
  });
});

const KEY = 'admin-key-of-the-documents';

/** What an empty gateway, without the example's plugin, answers to a request that is right. */
const UNAVOIDABLE = new Set([
  undefined,
  'no_usable_token',
  'token_not_found',
  'generation_not_found',
  'webhook_not_configured',
  'token_exists',
  'provider_not_found',
  'model_not_found',
]);

type OpenApiPaths = Readonly<Record<string, OpenApiPath>>;
type OpenApiPath = Readonly<
  Record<string, { readonly parameters?: readonly { readonly name: string; readonly in: string }[] }>
>;

/** The path of the document that a path of an example means; `$ID` stands for any parameter, and sections have names. */
function routeOf(paths: OpenApiPaths, path: string): OpenApiPath | undefined {
  const pattern = (text: string): string =>
    text
      .replaceAll(/\{\w+\}|\$\w+|\/\d+(?=$|\/)|(?<=\/settings\/)\w+|https%3A[^/]+/g, '*')
      .replaceAll('/*', '*');
  return Object.entries(paths).find(([known]) => pattern(known) === pattern(path))?.[1];
}

const codesIn = (text: string | undefined): readonly string[] =>
  Array.from((text ?? '').matchAll(/`([^`]+)`/g), ([, code = '']) => code);
