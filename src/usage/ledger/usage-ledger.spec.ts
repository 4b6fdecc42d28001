import { PooledSqliteDataSource } from 'penstock/database';
import { expect, it } from 'vitest';

import { describeUsageLedger } from '../testing/describe-usage-ledger.js';
import { USAGE_SCHEMA, UsageWorld } from '../testing/usage-world.js';

const make = () => new PooledSqliteDataSource({ path: ':memory:', ...USAGE_SCHEMA }).initialize();

describeUsageLedger('on SQLite', make);

it('takes what is no length for none, and tells unsent ones apart', async () => {
  const world = new UsageWorld(await make());
  for (const seconds of ['Infinity', '-3', 'long', '2.5', '1e300']) {
    const { id } = await world.asked('key_1', { parameters: { seconds } });
    await world.accepted(id);
    await world.ended(id, 'completed');
  }
  await world.ended((await world.asked('key_1', { model: 'gone', parameters: {} })).id, 'completed');
  expect(await world.sums()).toMatchObject([{ completed: 6, mediaMs: 2_500, workMs: 0 }]);
  const sent = await world.asked('key_2');
  await world.accepted(sent.id);
  await world.ended(sent.id, 'cancelled');
  await world.ended((await world.asked('key_2')).id, 'cancelled');
  const rows = await world.queries.rows({ from: '2026-01-01', to: '2026-12-31', key: 'key_2' }, null, 9);
  expect(rows.map(({ tokenId, generations, unsent }) => [tokenId, generations, unsent])).toEqual([
    ['', 1, 1],
    ['tok_1', 1, 0],
  ]);
  await world.source.destroy();
});
