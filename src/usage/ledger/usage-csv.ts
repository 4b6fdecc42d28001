import { csvLines } from '../../http/csv-lines.js';
import type { UsageKey, UsageRow } from './usage-row.entity.js';

const HEADER = ['day', 'key', 'token', 'model', 'kind', 'outcome', 'generations', 'seconds', 'workSeconds'];
const ROWS_AT_ONCE = 500;

/** The ledger as CSV, read in pages while it is sent. */
export async function* usageCsv(
  page: (after: UsageKey | null, limit: number) => Promise<readonly UsageRow[]>,
): AsyncGenerator<string> {
  yield csvLines([HEADER]);
  for (let after: UsageKey | null = null; ;) {
    const rows: readonly UsageRow[] = await page(after, ROWS_AT_ONCE);
    if (rows.length > 0) yield csvLines(rows.map(cellsOf));
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_AT_ONCE) return;
    after = last;
  }
}

function cellsOf(row: UsageRow): readonly (string | number)[] {
  const { day, keyId, tokenId, model, kind, outcome, generations, mediaMs, workMs } = row;
  return [day, keyId, tokenId, model, kind, outcome, generations, mediaMs / 1_000, workMs / 1_000];
}
