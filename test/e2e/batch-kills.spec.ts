import { describe, expect, it } from 'vitest';

import type { ApiClient } from '../support/api-client.js';
import { batchEnd, batchItems, beginBatch, importTokens } from '../support/batches.js';
import { stage } from '../support/stage.js';

const secrets = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `sk-${String(index).padStart(5, '0')}`);

/** Waits until some items have their results, but not all. */
async function underWay(api: ApiClient, id: string): Promise<void> {
  const done = async (): Promise<number> =>
    Number((await api.request('GET', `/admin/batches/${id}`)).body['counts']['succeeded']);
  await expect.poll(done, { timeout: 20_000, interval: 5 }).toBeGreaterThan(5);
}

describe('a batch that is killed', () => {
  it('gives every item exactly one result, and adds nothing twice', async () => {
    const on = await stage({});
    const { api } = on;
    const query = `provider=openai-videos&baseUrl=${encodeURIComponent(on.simulator.baseUrl)}`;
    on.simulator.control.setCredentials(secrets(200).map((secret) => ({ secret })));
    const id = await importTokens(api, secrets(200).join('\n'), { query });
    await underWay(api, id);
    await on.restart('SIGKILL');
    const added = await batchEnd(api, id);
    expect(added['results']).toEqual({ added: 200 });
    const tokens = (await batchItems(api, id)).map((item) => item['tokenId']);
    expect(new Set(tokens).size).toBe(200);

    for (const [operation, input, result] of OPERATIONS) {
      const body = { operation, input };
      const confirmation = await confirmationFor(api, body);
      const batch = await beginBatch(api, operation, { input, ...confirmation });
      await underWay(api, batch);
      await on.restart('SIGKILL');
      const end = await batchEnd(api, batch);
      expect([operation, end['counts']]).toMatchObject([operation, { total: 200, pending: 0, running: 0 }]);
      expect(Number(end['results'][result])).toBe(200);
      const positions = (await batchItems(api, batch)).map((item) => item['position']);
      expect(new Set(positions).size).toBe(200);
    }
    expect((await api.request('GET', '/admin/tokens')).body['data']).toEqual([]);
  });
});

const select = { state: 'all' };
const OPERATIONS = [
  ['token.label', { select, label: 'herd' }, 'labelled'],
  ['token.disable', { select }, 'disabled'],
  ['token.enable', { select }, 'enabled'],
  ['token.delete', { select }, 'deleted'],
] as const;

async function confirmationFor(api: ApiClient, body: { readonly operation: string }): Promise<object> {
  if (body.operation !== 'token.delete') return {};
  const { headers } = await api.request('POST', '/admin/batches', body);
  return { confirmation: headers.get('x-confirmation') };
}
