import { fileURLToPath } from 'node:url';

import { parseExposition, type Exposition } from 'penstock/metrics/testing';
import { expect, it } from 'vitest';

import { ADMIN_KEY } from '../support/gateway-process.js';
import { QUICK, stage, type Stage } from '../support/stage.js';

const HOLDING_PLUGIN = fileURLToPath(new URL('../support/holding-plugin.mjs', import.meta.url));
const HELD_MS = 400;

interface Entry {
  readonly kind: string;
  readonly operation: string;
  readonly durationMs: number;
  readonly within: readonly string[];
  readonly waits: readonly { readonly resource: string; readonly holder: string | null }[];
  readonly ids: Readonly<Record<string, string>>;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function scrape(on: Stage): Promise<Exposition> {
  return parseExposition(String((await on.api.request('GET', '/metrics')).body));
}

async function entriesOf(on: Stage, operation: string): Promise<readonly Entry[]> {
  const { body } = await on.api.request('GET', '/admin/slow-operations');
  return (body['latest'] as readonly Entry[]).filter((entry) => entry.operation === operation);
}

/** The texts of the warnings, in their order. */
function warningsOf(on: Stage, part: string): readonly string[] {
  const lines = on.gateway().output().trim().split('\n');
  const parsed = lines.map((line) => JSON.parse(line) as { readonly level: number; readonly msg?: string });
  return parsed.flatMap(({ level, msg }) => (level === 40 && msg?.includes(part) === true ? [msg] : []));
}

it.each([
  {
    what: 'a held lock',
    hold: '/hold/write/1',
    resource: 'database.writer',
    method: 'POST',
    path: '/v1/generations',
    status: 202,
    body: { model: 'sora-2', input: { prompt: 'waits for the writer' } },
  },
  {
    what: 'a full pool',
    hold: '/hold/read/5',
    resource: 'database.readers',
    method: 'GET',
    path: '/v1/generations?limit=1',
    status: 200,
    body: undefined,
  },
])('$what: a warning, a count and an entry with who held it', async (the) => {
  const on = await stage({ credentials: [{ secret: 'sk-one' }] }, { PENSTOCK_PLUGINS: HOLDING_PLUGIN });
  const { resource } = the;
  const waiting = async () => (await scrape(on)).value('penstock_pool_waiting', { pool: resource });
  expect((await on.api.request('POST', the.hold)).status).toBe(201);
  const id = `r-${resource}`;
  const answer = on.api.request(the.method, the.path, the.body, { 'x-request-id': id });
  await expect.poll(waiting, { timeout: 10_000 }).toBeGreaterThan(0);
  await pause(HELD_MS);
  expect((await on.api.request('DELETE', '/hold')).status).toBe(200);
  expect((await answer).status).toBe(the.status);

  // Whatever else the gateway wanted to do with the database meanwhile waited too, and is told of as well.
  const entries = await entriesOf(on, resource);
  const [mine, ...more] = entries.filter(({ ids }) => ids['request'] === id);
  expect(more).toEqual([]);
  expect(mine).toMatchObject({ kind: 'wait', waits: [{ resource, holder: 'a long import' }] });
  expect(mine?.durationMs).toBeGreaterThanOrEqual(HELD_MS - 1);
  expect(mine?.within.at(-1)).toBe(`${the.method} ${the.path.replace(/\?.*/, '')}`);
  const warnings = warningsOf(on, `ms for ${resource}: `);
  expect(warnings.filter((text) => text.includes(id))).toEqual([
    expect.stringMatching(
      `^Waited [0-9]+ ms for ${resource}: acquired, held by a long import, in .*request ${id}`,
    ),
  ]);
  expect(warnings).toHaveLength(entries.length);
  const metrics = await scrape(on);
  expect(metrics.value('penstock_slow_waits_total', { resource })).toBe(entries.length);
  expect(metrics.value('penstock_slow_operations_total', { kind: 'request' })).toBeUndefined();
});

it('a slow upstream: a warning, a count and an entry with the call, the generation and the token', async () => {
  const on = await stage({ credentials: [{ secret: 'sk-one' }], behaviour: QUICK });
  on.simulator.control.addFault({ operation: 'retrieve', times: 1, fault: { type: 'slow', delayMs: 1_300 } });
  const { id } = await on.api.generate('takes its time');
  const { tokenId } = await on.api.end(id);

  const operation = 'upstream poll';
  const entries = await entriesOf(on, operation);
  expect(entries).toMatchObject([{ kind: 'upstream', ids: { generation: id, token: tokenId } }]);
  expect(entries[0]?.durationMs).toBeGreaterThanOrEqual(1_299);
  expect(warningsOf(on, operation)).toEqual([
    expect.stringMatching(`^${operation} took 1[0-9]{3,} ms.*${id}`),
  ]);
  const metrics = await scrape(on);
  expect(metrics.value('penstock_slow_operations_total', { kind: 'upstream', operation })).toBe(1);
  expect(on.gateway().output()).not.toMatch(new RegExp(`sk-one|${ADMIN_KEY}|takes its time`));
});
