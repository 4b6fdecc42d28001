import type { Table } from './markdown-tables.js';
import { numbersIn } from './numbers-in.js';

const ROW = 20;
const HEAD = 62;
const CHARACTER = 6.6;
const GAP = 24;
const BAR = 100;

/** Tables as one SVG picture: a column of bars for each column of numbers, which share no scale. */
export function dataBarsOf(tables: readonly Table[], caption: string): string {
  const drawn = tables.filter(({ rows }) => rows.length > 0);
  const width = Math.max(600, ...drawn.map((table) => placesOf(table).at(-1)?.end ?? 0)) + 20;
  const parts: string[] = [];
  let top = 40;
  for (const table of drawn) {
    parts.push(`<g transform="translate(0 ${String(top)})">`, ...tableOf(table), '</g>');
    top += HEAD + ROW * table.rows.length;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${String(width)}" height="${String(top + 10)}" font-family="sans-serif" font-size="12">`,
    `<rect width="${String(width)}" height="${String(top + 10)}" fill="#ffffff"/>`,
    text(10, 24, caption, 'fill="#555555"'),
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function tableOf(table: Table): readonly string[] {
  return [
    text(10, 18, table.title, 'font-size="15" font-weight="bold"'),
    text(10, 38, labelOf(table, table.columns), 'fill="#555555"'),
    ...table.rows.map((row, index) => text(10, HEAD - 6 + ROW * index, labelOf(table, row))),
    ...placesOf(table).flatMap(({ column, left }) => columnOf(table, column, left)),
  ];
}

const labelOf = (table: Table, row: readonly string[]): string =>
  row.slice(0, labelColumnsOf(table)).join(', ');

/** Where each column of numbers begins and ends. */
function placesOf(table: Table): readonly { column: number; left: number; end: number }[] {
  const widest = (texts: readonly string[]): number =>
    Math.round(CHARACTER * Math.max(...texts.map(({ length }) => length)));
  let end = 10 + widest([table.columns, ...table.rows].map((row) => labelOf(table, row)));
  return measuredOf(table).map((column) => {
    const left = end + GAP;
    const cells = BAR + 6 + widest(table.rows.map((row) => row[column] ?? ''));
    end = left + Math.max(cells, widest([table.columns[column] ?? '']));
    return { column, left, end };
  });
}

/** A bar is the first number of its cell; a second one, such as a p99, is a line behind it. Different units have no bars. */
function columnOf({ columns, rows }: Table, column: number, left: number): readonly string[] {
  const cells = rows.map((row) => row[column] ?? '');
  const isOfOneUnit = new Set(cells.map((cell) => cell.replaceAll(/[\d.,-]/g, ''))).size === 1;
  const all = cells.map((cell) => (isOfOneUnit ? (numbersIn(cell) ?? []) : []));
  const most = Math.max(0, ...all.flat()) || 1;
  const length = (value: number | undefined): string => ((BAR * Math.max(0, value ?? 0)) / most).toFixed(1);
  return [
    text(left, 38, columns[column] ?? '', 'fill="#555555"'),
    ...cells.flatMap((cell, index) => {
      const top = HEAD - 18 + ROW * index;
      const [first, second] = all[index] ?? [];
      return [
        `<rect x="${String(left)}" y="${String(top + 7)}" width="${length(second)}" height="2" fill="#9bb8e8"/>`,
        `<rect x="${String(left)}" y="${String(top + 2)}" width="${length(first)}" height="12" fill="#3d6fc4"/>`,
        text(left + BAR + 6, top + 12, cell),
      ];
    }),
  ];
}

/** How many of the first columns tell the rows apart. */
function labelColumnsOf({ columns, rows }: Table): number {
  for (let count = 1; count < columns.length; count += 1) {
    if (new Set(rows.map((row) => row.slice(0, count).join('|'))).size === rows.length) return count;
  }
  return 1;
}

function measuredOf(table: Table): readonly number[] {
  const from = labelColumnsOf(table);
  const showsNumbers = (column: number): boolean =>
    table.rows.some((row) => numbersIn(row[column] ?? '') !== null);
  return [...table.columns.keys()].filter((column) => column >= from && showsNumbers(column));
}

const text = (x: number, y: number, content: string, style = ''): string =>
  `<text x="${String(x)}" y="${String(y)}" ${style}>${escaped(content)}</text>`;

const escaped = (content: string): string =>
  content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
