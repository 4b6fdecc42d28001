const ENDS = ['completed', 'failed', 'cancelled'] as const;

/** How a generation ends. */
export type End = (typeof ENDS)[number];

/** A sum, as the ledger has it for a day, a key, a token and a model. */
export interface LedgerRow extends Readonly<Record<End, number>> {
  readonly day: string;
  readonly key: string;
  /** `null` where no token served. */
  readonly token: string | null;
  readonly model: string;
  readonly seconds: number;
}

/** What is summed: one thing that ended. */
export interface Entry extends Pick<LedgerRow, 'day' | 'key' | 'token' | 'model' | 'seconds'> {
  /** `null` when it has not ended. */
  readonly end: End | null;
}

/** @returns `null` for a status in which nothing ends */
export const endOf = (status: string): End | null => ENDS.find((each) => each === status) ?? null;

/** Sums things as the ledger should. Only what was completed has seconds. */
export function bookOf(entries: readonly Entry[]): readonly LedgerRow[] {
  const book = new Map<string, LedgerRow>();
  for (const { day, key, token, model, seconds, end } of entries) {
    const nothing = { day, key, token, model, seconds: 0, completed: 0, failed: 0, cancelled: 0 };
    const row = book.get(nameOf(nothing)) ?? nothing;
    if (end === null) continue;
    const more = end === 'completed' ? seconds : 0;
    book.set(nameOf(row), { ...row, [end]: row[end] + 1, seconds: row.seconds + more });
  }
  return [...book.values()];
}

/** Where two books are not the same. */
export function differences(
  who: string,
  rows: readonly LedgerRow[],
  right: readonly LedgerRow[],
): readonly string[] {
  const [got, expected] = [rows, right].map((book) => new Map(book.map((row) => [nameOf(row), row])));
  const names = new Set([...(got?.keys() ?? []), ...(expected?.keys() ?? [])]);
  return [...names].sort().flatMap((name) =>
    ([...ENDS, 'seconds'] as const).flatMap((column) => {
      const [is, should] = [got?.get(name)?.[column] ?? 0, expected?.get(name)?.[column] ?? 0];
      if (is === should) return [];
      return [`${column} of ${name}: the ledger says ${String(is)}, but ${who} ${String(should)}.`];
    }),
  );
}

const nameOf = ({ day, key, token, model }: Omit<LedgerRow, End | 'seconds'>): string =>
  `${day} ${key} ${token ?? 'no token'} ${model}`;
