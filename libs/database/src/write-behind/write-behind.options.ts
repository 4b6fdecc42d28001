import type { EntityManager } from 'typeorm';

/** How a {@link WriteBehind} buffer is made. */
export interface WriteBehindOptions<Row> {
  /** Names the buffer in logs and metrics. */
  readonly name: string;
  /** Writes rows, of at least one, in the transaction of `manager`. It may be called again with the same rows. */
  readonly write: (manager: EntityManager, rows: readonly Row[]) => Promise<void>;
  /** Makes one row of two that have the same key, as sums do. @defaultValue every row is written by itself */
  readonly merge?: RowMerge<Row>;
  /** Rows after which they are written at once, and most rows of a transaction; at least 1. @defaultValue 100 */
  readonly maxRows?: number;
  /** Longest time that a row waits to be written, in milliseconds. @defaultValue 50 */
  readonly maxDelayMs?: number;
  /** Most rows that wait, at least `maxRows`; further ones are dropped and counted. @defaultValue 10000 */
  readonly capacity?: number;
}

/** How rows of one key become one. */
export interface RowMerge<Row> {
  key(row: Row): string;
  add(earlier: Row, later: Row): Row;
}

/** {@link WriteBehindOptions} with every default in place. */
export type ResolvedWriteBehindOptions<Row> = Readonly<
  Required<Omit<WriteBehindOptions<Row>, 'merge'>> & Pick<WriteBehindOptions<Row>, 'merge'>
>;

/** Adds the defaults. @throws RangeError naming the option, what was got and what is right */
export function resolveWriteBehindOptions<Row>(
  options: WriteBehindOptions<Row>,
): ResolvedWriteBehindOptions<Row> {
  const resolved = { maxRows: 100, maxDelayMs: 50, capacity: 10_000, ...options };
  checkAtLeast('maxRows', resolved.maxRows, 1);
  checkAtLeast('maxDelayMs', resolved.maxDelayMs, 0);
  checkAtLeast('capacity', resolved.capacity, resolved.maxRows);
  return Object.freeze(resolved);
}

function checkAtLeast(name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least)
    throw new RangeError(`${name} must be an integer of at least ${least}, got ${value}`);
}
