/** A row of an import. */
export interface ImportRow {
  readonly secret: string;
  readonly label: string;
}

/** Rows of an import, and the tokens that are there before it. */
export interface ImportRows {
  readonly known: readonly ImportRow[];
  /** A fifth each: a known secret, a known label, new, the secret of a row before, the label of a row before. */
  readonly rows: readonly ImportRow[];
}

/** @param count - rows in all, a multiple of 5; a fifth of them is new */
export function importRows(count: number): ImportRows {
  const fifth = count / 5;
  if (!Number.isInteger(fifth) || fifth < 1)
    throw new RangeError(`count must be a multiple of 5, got ${count}`);
  const each = (row: (n: number) => ImportRow): ImportRow[] =>
    Array.from({ length: fifth }, (_, n) => row(n));
  const known = each((n) => ({ secret: `sk-known-${n}`, label: `known-${n}` }));
  const rows = [
    ...each((n) => ({ secret: `sk-known-${n}`, label: `known-secret-${n}` })),
    ...each((n) => ({ secret: `sk-of-known-label-${n}`, label: `known-${n}` })),
    ...each((n) => ({ secret: `sk-new-${n}`, label: `new-${n}` })),
    ...each((n) => ({ secret: `sk-new-${n}`, label: `same-secret-${n}` })),
    ...each((n) => ({ secret: `sk-of-same-label-${n}`, label: `new-${n}` })),
  ];
  return { known, rows };
}

/** Rows as NDJSON. */
export const ndjson = (rows: readonly ImportRow[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join('');
