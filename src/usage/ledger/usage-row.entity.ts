import { Column, Entity, PrimaryColumn } from 'typeorm';

import { milliseconds } from '../../runtime/milliseconds.column.js';

/** How generations end. */
export const OUTCOMES = ['completed', 'failed', 'cancelled'] as const;

/** A member of {@link OUTCOMES}. */
export type Outcome = (typeof OUTCOMES)[number];

/** What all generations came to that were asked for on one day by one key and share the rest of the columns of its key. */
@Entity('usage')
export class UsageRow {
  /** When they were asked for, in UTC, such as `2026-01-31`. */
  @PrimaryColumn('text')
  day!: string;

  @PrimaryColumn('text', { name: 'key_id' })
  keyId!: string;

  /** Empty for those that no token served. */
  @PrimaryColumn('text', { name: 'token_id' })
  tokenId!: string;

  @PrimaryColumn('text')
  model!: string;

  @PrimaryColumn('text')
  kind!: string;

  @PrimaryColumn('text')
  outcome!: Outcome;

  /** How many. */
  @Column('bigint', { transformer: milliseconds })
  generations!: number;

  /** Cancelled ones that no upstream was asked for yet; they do not count against the limit of a day. */
  @Column('bigint', { transformer: milliseconds })
  unsent!: number;

  /** The length of the media that was made, in milliseconds; 0 where the model has no parameter `seconds`. */
  @Column('bigint', { name: 'media_ms', transformer: milliseconds })
  mediaMs!: number;

  /** The time from the acceptance by the upstream to the end, in milliseconds. */
  @Column('bigint', { name: 'work_ms', transformer: milliseconds })
  workMs!: number;
}

/** The columns by which rows are told apart, in the order of the primary key. */
export const USAGE_KEY = ['day', 'keyId', 'tokenId', 'model', 'kind', 'outcome'] as const;

/** The key of a row. */
export type UsageKey = Pick<UsageRow, (typeof USAGE_KEY)[number]>;
