import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  ACCOUNTS_PLUGIN,
  startAccountsUpstream,
  type AccountsUpstream,
} from '../support/accounts-upstream.js';
import type { ApiClient, Json } from '../support/api-client.js';
import { batchEnd, batchEvents, batchItems, beginBatch, setTestInterval } from '../support/batches.js';
import { openStage, type Stage } from '../support/stage.js';

const COUNT = 60;
const secretOf = (index: number): string => `${index % 6 === 5 ? 'dead' : 'good'}-${String(index)}`;
const SECRETS = Array.from({ length: COUNT }, (_, index) => secretOf(index));
const DEAD = SECRETS.filter((secret) => secret.startsWith('dead')).length;
/** A batch of this pace takes over a second, so that a kill comes in its midst. */
const GENTLE = { intervalMs: 20 };

/** Kills the gateway while the batch is under way, and lets the next one end it. @returns when it was killed */
async function killInTheMidst(on: Stage, id: string): Promise<number> {
  const results = async (): Promise<number> => {
    const { body } = await on.api.request('GET', `/admin/batches/${id}`);
    return Number(body['counts']['succeeded']);
  };
  await expect.poll(results, { timeout: 20_000, interval: 5 }).toBeGreaterThan(5);
  await on.gateway().kill('SIGKILL');
  const killedAt = Date.now();
  await on.restart('SIGKILL');
  return killedAt;
}

/** Every item has exactly one result, and some were begun by the gateway before the kill, some by the one after. */
async function expectOneResultEach(api: ApiClient, id: string, killedAt: number): Promise<readonly Json[]> {
  const end = await batchEnd(api, id);
  expect(end).toMatchObject({ state: 'completed', counts: { total: COUNT, pending: 0, running: 0 } });
  const items = await batchItems(api, id);
  const positions = items.map((item) => Number(item['position']));
  expect(positions).toEqual(Array.from({ length: COUNT }, (_, index) => index + 1));
  const told = (await batchEvents(api, id)).filter(({ name }) => name === 'item');
  const toldOf = told.map(({ data }) => Number((JSON.parse(data) as Json)['position']));
  expect(toldOf.sort((one, other) => one - other)).toEqual(positions);
  const wasBegunLater = items.map((item) => Date.parse(String(item['startedAt'])) > killedAt);
  expect(new Set(wasBegunLater)).toEqual(new Set([true, false]));
  return items;
}

const rowsFor = (upstream: AccountsUpstream): readonly object[] =>
  SECRETS.map((secret, index) => ({
    provider: 'accounts',
    label: `account-${String(index)}`,
    secret,
    baseUrl: upstream.url,
    refreshSecret: secret.startsWith('dead') ? null : `refresh-${String(index)}`,
  }));

const select = { state: 'all' };

interface Case {
  readonly operation: string;
  readonly input: object;
  /** Whether what ran at the kill runs again. */
  readonly again: boolean;
  readonly results: Readonly<Record<string, number>>;
  readonly changes?: Readonly<Record<string, number>>;
  /** What the upstream is asked. */
  readonly path?: string;
}

const CASES: readonly Case[] = [
  {
    operation: 'token.test',
    input: { select },
    again: true,
    path: '/me',
    results: { valid: COUNT - DEAD, invalid: DEAD },
    changes: { disabled: DEAD },
  },
  { operation: 'token.quota', input: { select }, again: true, path: '/quota', results: { read: COUNT } },
  {
    operation: 'token.refresh',
    input: { select },
    again: false,
    path: '/refresh',
    results: { refreshed: COUNT - DEAD, unsupported: DEAD },
  },
  {
    operation: 'token.activate',
    input: { select, code: 'INVITE' },
    again: false,
    path: '/activate',
    results: { activated: COUNT },
  },
  { operation: 'token.disable', input: { select }, again: true, results: { disabled: COUNT } },
  { operation: 'token.enable', input: { select }, again: true, results: { enabled: COUNT } },
  { operation: 'token.label', input: { select, label: 'herd' }, again: true, results: { labelled: COUNT } },
  { operation: 'token.delete', input: { select }, again: true, results: { deleted: COUNT } },
];

describe('a batch that is killed in its midst', () => {
  let upstream: AccountsUpstream;
  let on: Stage;
  beforeAll(async () => {
    upstream = await startAccountsUpstream(60);
    on = await openStage({}, { PENSTOCK_PLUGINS: ACCOUNTS_PLUGIN });
    await setTestInterval(on.api, 0);
  });
  afterAll(async () => {
    await on.close();
    await upstream.close();
  });

  it('of token.add adds every row once', async () => {
    const rows = rowsFor(upstream);
    const id = await beginBatch(on.api, 'token.add', { input: { rows }, ...GENTLE });
    const items = await expectOneResultEach(on.api, id, await killInTheMidst(on, id));
    expect(items.map((item) => item['result'])).toEqual(rows.map(() => 'added'));
    const ids = items.map((item) => String(item['tokenId'])).sort();
    const tokens = (await on.api.request('GET', '/admin/tokens?limit=100')).body['data'] as readonly Json[];
    expect(tokens.map((token) => String(token['id'])).sort()).toEqual(ids);
  });

  it.each(CASES)('of $operation gives every token one result', async ({ operation, input, ...expected }) => {
    const body = { operation, input, ...GENTLE };
    const id = await beginBatch(on.api, operation, { ...body, ...(await confirmationFor(on.api, body)) });
    const items = await expectOneResultEach(on.api, id, await killInTheMidst(on, id));
    const { results, changes } = (await on.api.request('GET', `/admin/batches/${id}`)).body;
    if (expected.changes !== undefined) expect(changes).toEqual(expected.changes);
    if (expected.again) expect(results).toEqual(expected.results);
    else await expectNoRepetition(items, expected);
  });

  /** What ran at the kill is told as interrupted; nothing was asked twice until somebody wanted that. */
  async function expectNoRepetition(
    items: readonly Json[],
    { results, path = '' }: Pick<Case, 'results' | 'path'>,
  ): Promise<void> {
    const cut = items.filter((item) => item['result'] === 'interrupted').length;
    expect(cut).toBeLessThanOrEqual(3);
    const done = items.filter((item) => item['state'] === 'succeeded').length;
    const skipped = items.filter((item) => item['state'] === 'skipped').length;
    expect(done + skipped + cut).toBe(COUNT);
    expect(skipped).toBeLessThanOrEqual(results['unsupported'] ?? 0);
    expect(Math.max(...upstream.calls(path).values())).toBe(1);
  }

  it('leaves no token behind once all are deleted', async () => {
    expect((await on.api.request('GET', '/admin/tokens')).body['data']).toEqual([]);
  });
});

async function confirmationFor(api: ApiClient, body: { readonly operation: string }): Promise<object> {
  if (body.operation !== 'token.delete') return {};
  const { headers } = await api.request('POST', '/admin/batches', body);
  return { confirmation: headers.get('x-confirmation') };
}
