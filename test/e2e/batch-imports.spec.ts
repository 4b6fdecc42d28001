import { expect, it } from 'vitest';

import { batchEnd, beginBatch, importTokens } from '../support/batches.js';
import { stage } from '../support/stage.js';

it('adds 10,000 rows of which 2,000 of each sort are duplicates, and serves requests meanwhile', async () => {
  const { api } = await stage({});
  const known = Array.from({ length: 2_000 }, (_, n) => ({
    secret: `sk-known-${String(n)}`,
    label: `known-${String(n)}`,
  }));
  const rows = [
    ...known.map(({ secret }, n) => ({ secret, label: `same-secret-${String(n)}` })),
    ...known.map(({ label }, n) => ({ secret: `sk-same-label-${String(n)}`, label })),
    ...Array.from({ length: 2_000 }, (_, n) => ({
      secret: `sk-new-${String(n)}`,
      label: `new-${String(n)}`,
    })),
    ...Array.from({ length: 2_000 }, (_, n) => ({
      secret: `sk-new-${String(n)}`,
      label: `again-${String(n)}`,
    })),
    ...Array.from({ length: 2_000 }, (_, n) => ({
      secret: `sk-newer-${String(n)}`,
      label: `new-${String(n)}`,
    })),
  ];
  const text = (list: readonly object[]): string => list.map((row) => JSON.stringify(row)).join('\n');
  const options = { type: 'application/x-ndjson', query: 'provider=openai-videos' };
  expect((await batchEnd(api, await importTokens(api, text(known), options)))['results']).toEqual({
    added: 2_000,
  });

  const id = await importTokens(api, text(rows), options);
  expect((await api.request('GET', '/v1/models')).status).toBe(200);
  const end = await batchEnd(api, id, 150_000);
  expect(end['results']).toEqual({ added: 2_000, duplicate: 8_000 });
  expect(end['counts']).toMatchObject({ total: 10_000, failed: 0 });
  const dry = await beginBatch(api, 'token.disable', { input: { select: { state: 'all' } }, dryRun: true });
  expect((await batchEnd(api, dry))['counts']['total']).toBe(4_000);
});
