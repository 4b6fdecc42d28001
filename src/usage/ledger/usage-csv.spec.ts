import { expect, it } from 'vitest';

import { usageCsv } from './usage-csv.js';
import type { UsageKey, UsageRow } from './usage-row.entity.js';

const row = (changes: Partial<UsageRow> = {}): UsageRow => ({
  day: '2026-03-01',
  keyId: 'key_1',
  tokenId: 'tok_1',
  model: 'sora-2',
  kind: 'video',
  outcome: 'completed',
  generations: 2,
  unsent: 0,
  mediaMs: 8_500,
  workMs: 61_250,
  ...changes,
});

async function textOf(rows: readonly UsageRow[]): Promise<string> {
  const page = (after: UsageKey | null, limit: number) => {
    const from = after === null ? 0 : rows.findIndex((each) => each.day === after.day) + 1;
    return Promise.resolve(rows.slice(from, from + limit));
  };
  let text = '';
  for await (const part of usageCsv(page)) text += part;
  return text;
}

it('has a header, a line for each row, and nothing that a spreadsheet runs', async () => {
  const strange = row({ day: '2026-03-02', tokenId: '', model: '=cmd "x",1' });
  expect((await textOf([row(), strange])).split('\r\n')).toEqual([
    'day,key,token,model,kind,outcome,generations,seconds,workSeconds',
    '2026-03-01,key_1,tok_1,sora-2,video,completed,2,8.5,61.25',
    `2026-03-02,key_1,,"'=cmd ""x"",1",video,completed,2,8.5,61.25`,
    '',
  ]);
});

it('goes on behind the last row of each page', async () => {
  const days = Array.from({ length: 1_203 }, (_, n) => row({ day: String(n) }));
  const lines = (await textOf(days)).split('\r\n').slice(1, -1);
  expect(lines.map((line) => line.split(',')[0])).toEqual(days.map(({ day }) => day));
  expect((await textOf(days.slice(0, 500))).split('\r\n')).toHaveLength(502);
});
