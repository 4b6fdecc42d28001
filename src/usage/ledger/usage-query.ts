import type { SelectQueryBuilder } from 'typeorm';

import type { UsageRow } from './usage-row.entity.js';

/** By what usage may be summed, and the column of each. */
export const DIMENSIONS = {
  day: 'day',
  key: 'keyId',
  token: 'tokenId',
  model: 'model',
  kind: 'kind',
} as const satisfies Record<string, keyof UsageRow>;

/** A key of {@link DIMENSIONS}. */
export type Dimension = keyof typeof DIMENSIONS;

/** Which usage: that of both days and all between, with each of these values. */
export type UsageFilter = { readonly from: string; readonly to: string } & Readonly<
  Partial<Record<Exclude<Dimension, 'day'>, string | undefined>>
>;

/** Which sums of usage, in the order of `groupBy`. */
export interface UsageQuery {
  readonly filter: UsageFilter;
  readonly groupBy: readonly Dimension[];
  readonly limit: number;
  readonly offset: number;
}

/** Restricts a selection of `u` to what a filter says. */
export function filtered(
  select: SelectQueryBuilder<UsageRow>,
  { from, to, ...values }: UsageFilter,
): SelectQueryBuilder<UsageRow> {
  select.where('u.day >= :from AND u.day <= :to', { from, to });
  for (const [name, column] of Object.entries(DIMENSIONS)) {
    const value = name === 'day' ? undefined : values[name as keyof typeof values];
    if (value !== undefined) select.andWhere(`u.${column} = :${name}`, { [name]: value });
  }
  return select;
}
