import { stringify } from 'csv-stringify/sync';

/** What a cell of {@link csvLines} may hold; `null` is an empty one. */
export type CsvCell = string | number | null;

/** Rows as lines of CSV (RFC 4180). A text that a spreadsheet would take for a formula is marked as text. */
export function csvLines(rows: readonly (readonly CsvCell[])[]): string {
  return stringify(
    rows.map((row) => [...row]),
    { record_delimiter: 'windows', quoted_match: /[\r\n]/, escape_formulas: true },
  );
}
