import type { ItemRecord } from 'penstock/batch';
import { expect, it } from 'vitest';

import { csvOf } from './items-csv.js';

const item = (position: number, changes: Partial<ItemRecord> = {}): ItemRecord => ({
  batchId: 'batch_1',
  position,
  key: `tok_${String(position)}`,
  label: 'a',
  payload: null,
  state: 'succeeded',
  attempts: 1,
  result: 'valid',
  reason: null,
  changes: [],
  subject: null,
  startedAt: 0,
  durationMs: 5,
  sequence: position,
  ...changes,
});

async function csv(items: readonly ItemRecord[]): Promise<readonly string[]> {
  const page = (after: number, limit: number): Promise<readonly ItemRecord[]> =>
    Promise.resolve(items.filter(({ position }) => position > after).slice(0, limit));
  let text = '';
  for await (const part of csvOf(page)) text += part;
  return text.split('\r\n').slice(0, -1);
}

it('has a line for each item, also of many', async () => {
  const lines = await csv(Array.from({ length: 1_001 }, (_, index) => item(index + 1)));
  expect(lines).toHaveLength(1_002);
  expect(lines[0]).toBe('position,label,state,result,reason,changes,tokenId,attempts,startedAt,durationMs');
  expect(lines.at(-1)).toBe('1001,a,succeeded,valid,,,tok_1001,1,1970-01-01T00:00:00.000Z,5');
});

it('has its columns, too, where no item is', async () => {
  expect(await csv([])).toHaveLength(1);
});

it('writes a label so that it stays a text', async () => {
  expect((await csv([item(1, { label: '=a, "b"' })]))[1]).toBe(
    `1,"'=a, ""b""",succeeded,valid,,,tok_1,1,1970-01-01T00:00:00.000Z,5`,
  );
});

it('shows what was made where the key does not say it', async () => {
  const added = item(1, { key: 'secret:abc', subject: 'tok_new', changes: ['added', 'enabled'] });
  expect((await csv([added]))[1]).toContain(',added enabled,tok_new,');
});
