import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { machine } from '../support/machine.js';
import { dataBarsOf } from './data-bars.js';
import { tablesOf } from './markdown-tables.js';

/**
 * Writes what a bench has printed: `NAME.md` as it was, its tables as `NAME.json`, and as a picture, `NAME.svg`.
 *
 * @param folder - made where there is none
 */
export async function writeResults(folder: string, name: string, printed: string): Promise<void> {
  const tables = tablesOf(printed);
  const result = {
    bench: name,
    machine: machine(),
    tables: tables.map(({ title, columns, rows }) => ({
      title,
      rows: rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? '']))),
    })),
  };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.md`), `${printed.trim()}\n`);
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  await writeFile(join(folder, `${name}.svg`), dataBarsOf(tables, `${name}: ${machine()}`));
}
