import type { ItemRecord } from 'penstock/batch';

import { itemView } from './batch-views.js';

const PAGE = 500;
const COLUMNS = [
  ...['position', 'label', 'state', 'result', 'reason', 'changes'],
  ...['tokenId', 'attempts', 'startedAt', 'durationMs'],
] as const;

/** Items as CSV (RFC 4180), a page at a time. */
export async function* csvOf(
  page: (after: number, limit: number) => Promise<readonly ItemRecord[]>,
): AsyncGenerator<string> {
  yield `${COLUMNS.join(',')}\r\n`;
  for (let after = 0; ;) {
    const items = await page(after, PAGE);
    if (items.length > 0) yield items.map(lineOf).join('');
    if (items.length < PAGE) return;
    after = items.at(-1)?.position ?? after;
  }
}

function lineOf(item: ItemRecord): string {
  const view = itemView(item);
  return `${COLUMNS.map((name) => cellOf(view[name])).join(',')}\r\n`;
}

/** A text that a spreadsheet would take for a formula is marked as text. */
function cellOf(value: string | number | readonly string[] | null): string {
  if (value === null) return '';
  const text = typeof value === 'object' ? value.join(' ') : String(value);
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
