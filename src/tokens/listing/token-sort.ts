import { z } from 'zod';

import type { Token } from '../token.entity.js';

/** What tokens can be ordered by; where there is no time yet it counts as 0. */
const COLUMNS = {
  createdAt: 't.createdAt',
  label: 't.label',
  lastUsedAt: 'COALESCE(t.lastUsedAt, 0)',
  expiresAt: 'COALESCE(t.expiresAt, 0)',
  submitted: 't.submitted',
  failed: 't.failed',
  errors: 't.errors',
} as const satisfies Partial<Record<keyof Token, string>>;

type SortField = keyof typeof COLUMNS;

const fields = Object.keys(COLUMNS) as readonly SortField[];

/** The order of a list. */
export const tokenSortSchema = z
  .enum(fields.flatMap((field) => [field, `-${field}`] as const))
  .default('-createdAt')
  .meta({ description: 'What to order by; `-` for the greatest first.' });

/** A member of {@link tokenSortSchema}. */
export type TokenSort = z.output<typeof tokenSortSchema>;

/** The last token of a page, as far as the order goes; the id tells equal ones apart. */
export interface TokenPlace {
  readonly sort: TokenSort;
  readonly value: string | number;
  readonly id: string;
}

const place = z.tuple([
  tokenSortSchema.unwrap(),
  z.union([z.string().max(200), z.int()]),
  z.string().max(100),
]);

/** What an order means for SQL. */
export function orderOf(sort: TokenSort): {
  readonly expression: string;
  readonly direction: 'ASC' | 'DESC';
} {
  return { expression: COLUMNS[fieldOf(sort)], direction: sort.startsWith('-') ? 'DESC' : 'ASC' };
}

/** Where a token stands in an order. */
export function placeOf(token: Token, sort: TokenSort): TokenPlace {
  return { sort, value: token[fieldOf(sort)] ?? 0, id: token.id };
}

/** A place as clients carry it: opaque, safe in a URL. */
export function encodePlace({ sort, value, id }: TokenPlace): string {
  return Buffer.from(JSON.stringify([sort, value, id])).toString('base64url');
}

/** Reads what {@link encodePlace} wrote; `undefined` for anything else. */
export function decodePlace(text: string): TokenPlace | undefined {
  const [sort, value, id] = place.safeParse(parsed(Buffer.from(text, 'base64url').toString())).data ?? [];
  if (sort === undefined || value === undefined || id === undefined) return undefined;
  const isText = sort === 'label' || sort === '-label';
  return isText === (typeof value === 'string') ? { sort, value, id } : undefined;
}

function fieldOf(sort: TokenSort): SortField {
  const field = fields.find((name) => sort === name || sort === `-${name}`);
  if (field === undefined) throw new RangeError(`There is no order "${sort}".`);
  return field;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
