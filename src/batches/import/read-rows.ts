import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import { parse } from 'csv-parse';

import { InvalidRequestError } from '../../http/index.js';
import type { RawRow } from './raw-row.js';

/** How an import may be written. */
export type RowFormat = 'ndjson' | 'csv' | 'text';

const LONGEST_ROW = 100_000;

/** Reads rows one by one, so that only a few are in memory. Empty lines, and `#` comments of plain text, are passed over. */
export function readRows(stream: Readable, format: RowFormat): AsyncGenerator<RawRow> {
  return format === 'csv' ? csvRows(stream) : lineRows(stream, format);
}

async function* lineRows(stream: Readable, format: 'ndjson' | 'text'): AsyncGenerator<RawRow> {
  let line = 0;
  for await (const whole of createInterface({ input: stream, crlfDelay: Infinity })) {
    line += 1;
    const text = whole.replace(/^\uFEFF/, '').trim();
    if (text === '' || (format === 'text' && text.startsWith('#'))) continue;
    if (text.length > LONGEST_ROW) yield { line, problem: `The line has over ${LONGEST_ROW} characters.` };
    else yield format === 'text' ? { line, value: text } : jsonRow(line, text);
  }
}

function jsonRow(line: number, text: string): RawRow {
  try {
    return { line, value: JSON.parse(text) as unknown };
  } catch {
    return { line, problem: 'The line is not JSON.' };
  }
}

async function* csvRows(stream: Readable): AsyncGenerator<RawRow> {
  const parser = stream.pipe(
    parse({ bom: true, trim: true, info: true, relax_column_count: true, max_record_size: LONGEST_ROW }),
  );
  stream.on('error', (error) => parser.destroy(error));
  let names: readonly string[] | undefined;
  try {
    for await (const { record, info } of parser as AsyncIterable<CsvRecord>) {
      if (names === undefined) names = headerOf(record);
      else if (record.some((cell) => cell !== '')) yield csvRow(info.lines, names, record);
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_'))) throw error;
    throw problem(`The CSV cannot be read: ${error.message}.`);
  }
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function headerOf(record: readonly string[]): readonly string[] {
  if (record.includes('secret')) return record;
  throw problem('The first line of the CSV must name its columns, "secret" among them.');
}

function csvRow(line: number, names: readonly string[], cells: readonly string[]): RawRow {
  if (cells.length > names.length) {
    return { line, problem: `The row has ${cells.length} cells, but there are ${names.length} columns.` };
  }
  const entries = names.flatMap((name, index) => {
    const cell = cells[index] ?? '';
    return cell === '' ? [] : [[name, valueOf(name, cell)] as const];
  });
  return { line, value: Object.fromEntries(entries) };
}

/** Cells are texts; these columns are not. What does not fit stays a text, and is refused with the row. */
function valueOf(name: string, cell: string): unknown {
  if (name !== 'limits' && name !== 'weight' && name !== 'requestsPerMinute') return cell;
  try {
    return JSON.parse(cell) as unknown;
  } catch {
    return cell;
  }
}

const problem = (message: string): InvalidRequestError =>
  InvalidRequestError.of([{ code: 'invalid_value', path: '', message }]);
