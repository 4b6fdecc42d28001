import { expect, it } from 'vitest';

import { importRows, ndjson } from '../../bench/support/import-rows.js';
import { batchEnd, beginBatch, importTokens } from '../support/batches.js';
import { stage } from '../support/stage.js';

it('adds 10,000 rows of which 2,000 of each sort are duplicates, and serves requests meanwhile', async () => {
  const { api } = await stage({});
  const { known, rows } = importRows(10_000);
  const options = { type: 'application/x-ndjson', query: 'provider=openai-videos' };
  expect((await batchEnd(api, await importTokens(api, ndjson(known), options)))['results']).toEqual({
    added: 2_000,
  });

  const id = await importTokens(api, ndjson(rows), options);
  expect((await api.request('GET', '/v1/models')).status).toBe(200);
  const end = await batchEnd(api, id, 150_000);
  expect(end['results']).toEqual({ added: 2_000, duplicate: 8_000 });
  expect(end['counts']).toMatchObject({ total: 10_000, failed: 0 });
  const dry = await beginBatch(api, 'token.disable', { input: { select: { state: 'all' } }, dryRun: true });
  expect((await batchEnd(api, dry))['counts']['total']).toBe(4_000);
});
