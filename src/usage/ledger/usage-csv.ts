import type { UsageKey, UsageRow } from './usage-row.entity.js';

const HEADER = 'day,key,token,model,kind,outcome,generations,seconds,workSeconds';
const ROWS_AT_ONCE = 500;

/** The ledger as CSV (RFC 4180), read in pages while it is sent. */
export async function* usageCsv(
  page: (after: UsageKey | null, limit: number) => Promise<readonly UsageRow[]>,
): AsyncGenerator<string> {
  yield `${HEADER}\r\n`;
  for (let after: UsageKey | null = null; ;) {
    const rows: readonly UsageRow[] = await page(after, ROWS_AT_ONCE);
    if (rows.length > 0) yield rows.map((row) => `${lineOf(row)}\r\n`).join('');
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_AT_ONCE) return;
    after = last;
  }
}

function lineOf(row: UsageRow): string {
  const { day, keyId, tokenId, model, kind, outcome, generations, mediaMs, workMs } = row;
  const cells = [day, keyId, tokenId, model, kind, outcome, generations, mediaMs / 1_000, workMs / 1_000];
  return cells.map((cell) => cellOf(String(cell))).join(',');
}

/** What a spreadsheet could take for a formula is made a text. */
function cellOf(text: string): string {
  const safe = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
