import type { ItemRecord } from 'penstock/batch';

import { csvLines, type CsvCell } from '../../http/csv-lines.js';
import { itemView } from './batch-views.js';

const PAGE = 500;
const COLUMNS = [
  ...['position', 'label', 'state', 'result', 'reason', 'changes'],
  ...['tokenId', 'attempts', 'startedAt', 'durationMs'],
] as const;

/** Items as CSV, a page at a time. */
export async function* csvOf(
  page: (after: number, limit: number) => Promise<readonly ItemRecord[]>,
): AsyncGenerator<string> {
  yield csvLines([COLUMNS]);
  for (let after = 0; ;) {
    const items = await page(after, PAGE);
    if (items.length > 0) yield csvLines(items.map(cellsOf));
    if (items.length < PAGE) return;
    after = items.at(-1)?.position ?? after;
  }
}

function cellsOf(item: ItemRecord): readonly CsvCell[] {
  const view = { ...itemView(item), changes: item.changes.join(' ') };
  return COLUMNS.map((name) => view[name]);
}
