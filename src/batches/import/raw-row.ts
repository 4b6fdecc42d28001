/** A row of an import as it was read, with its line number. */
export type RawRow =
  | { readonly line: number; readonly value: unknown }
  /** It could not be read. */
  | { readonly line: number; readonly problem: string };

/** Rows of whatever source. */
export type RawRows = Iterable<RawRow> | AsyncIterable<RawRow>;

/** The rows of a list: the first is line 1. */
export function* rowsOf(values: readonly unknown[]): Generator<RawRow> {
  for (const [index, value] of values.entries()) yield { line: index + 1, value };
}
