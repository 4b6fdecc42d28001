import { z } from 'zod';

/** A place in a list that is ordered by creation, newest first; the id tells apart what was created together. */
export interface Cursor {
  /** In milliseconds since 1970. */
  readonly createdAt: number;
  readonly id: string;
}

const position = z.tuple([z.int().nonnegative(), z.string().min(1).max(100)]);

/** The cursor as clients carry it: opaque, safe in a URL. */
export function encodeCursor({ createdAt, id }: Cursor): string {
  return Buffer.from(JSON.stringify([createdAt, id])).toString('base64url');
}

/** Reads what {@link encodeCursor} wrote; `undefined` for anything else. */
export function decodeCursor(text: string): Cursor | undefined {
  const result = position.safeParse(parseJson(Buffer.from(text, 'base64url').toString()));
  if (!result.success) return undefined;
  const cursor = { createdAt: result.data[0], id: result.data[1] };
  return encodeCursor(cursor) === text ? cursor : undefined;
}

/** A query parameter that holds a cursor. */
export const cursorSchema = z
  .string()
  .max(300)
  .meta({ description: 'Where to go on: the `nextCursor` of the page before.' })
  .transform((text, context): Cursor => {
    const cursor = decodeCursor(text);
    if (cursor !== undefined) return cursor;
    context.addIssue({ code: 'custom', message: 'expected the nextCursor of the page before' });
    return z.NEVER;
  });

/** A query parameter that bounds a page. */
export const limitSchema = z
  .string()
  .regex(/^\d{1,3}$/, 'expected an integer from 1 to 100')
  .transform(Number)
  .refine((limit) => limit >= 1 && limit <= 100, 'expected an integer from 1 to 100')
  .default(20);

/** One page of a list. */
export interface Page<T> {
  readonly data: readonly T[];
  /** Give it back as `cursor` to get the next page; `null` on the last one. */
  readonly nextCursor: string | null;
}

/** The schema of a {@link Page}. */
export const pageSchema = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), nextCursor: z.string().nullable() });

/**
 * Cuts a page out of rows that were read with `limit + 1`: the row too many tells that there is a next page.
 */
export function toPage<Row extends Cursor, T>(
  rows: readonly Row[],
  limit: number,
  view: (row: Row) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const nextCursor = rows.length > limit && last !== undefined ? encodeCursor(last) : null;
  return { data: shown.map(view), nextCursor };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
