import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

import { milliseconds } from '../runtime/milliseconds.column.js';

/** `null` is stored as an empty text, because a unique index takes every NULL for another value. */
const emptyAsNull = {
  to: (value: string | null): string => value ?? '',
  from: (value: string): string | null => (value === '' ? null : value),
};

/** Who turned a token off: a person, or Penstock because it did not work. */
export type DisabledBy = 'operator' | 'machine';

/** One credential for one provider. Times are in milliseconds since 1970. */
@Entity('tokens')
@Index('tokens_secret', ['fingerprint', 'provider', 'baseUrl'], { unique: true })
@Index('tokens_by_age', ['createdAt', 'id'])
@Index('tokens_by_label', ['label', 'provider'])
export class Token {
  @PrimaryColumn('text')
  id!: string;

  @Column('text')
  provider!: string;

  @Column('text')
  label!: string;

  @Column('text', { name: 'sealed_secret' })
  sealedSecret!: string;

  @Column('text', { name: 'sealed_refresh_secret', nullable: true })
  sealedRefreshSecret!: string | null;

  /** Tells equal secrets; unique for a provider and base URL. */
  @Column('text')
  fingerprint!: string;

  /** The last 4 characters of the secret. */
  @Column('text')
  last4!: string;

  @Column('text', { name: 'base_url', transformer: emptyAsNull })
  baseUrl!: string | null;

  /** The proxy's URL; sealed when it holds a password. */
  @Column('text', { name: 'proxy_url', nullable: true })
  proxyUrl!: string | null;

  /** Most generations at once by kind. */
  @Column('simple-json')
  limits!: Readonly<Record<string, number>>;

  /** Most generations that begin within a minute. */
  @Column('integer', { name: 'requests_per_minute', nullable: true })
  requestsPerMinute!: number | null;

  @Column('double precision')
  weight!: number;

  @Column('text', { name: 'quota_group', nullable: true })
  quotaGroup!: string | null;

  @Column('bigint', { name: 'expires_at', nullable: true, transformer: milliseconds })
  expiresAt!: number | null;

  @Column('text')
  remark!: string;

  @Column('boolean')
  enabled!: boolean;

  @Column('text', { name: 'disabled_reason', nullable: true })
  disabledReason!: string | null;

  @Column('text', { name: 'disabled_by', nullable: true })
  disabledBy!: DisabledBy | null;

  /** When it was turned off, if that was noted. */
  @Column('bigint', { name: 'disabled_at', nullable: true, transformer: milliseconds })
  disabledAt!: number | null;

  @Column('bigint', { name: 'cooling_until', nullable: true, transformer: milliseconds })
  coolingUntil!: number | null;

  @Column('text', { name: 'cooling_reason', nullable: true })
  coolingReason!: string | null;

  @Column('integer', { name: 'consecutive_errors' })
  consecutiveErrors!: number;

  /** Most generations at once of each kind while it is tried again after errors; `null` once it is trusted. */
  @Column('integer', { name: 'ramp_limit', nullable: true })
  rampLimit!: number | null;

  /** Units that the upstream said were left, in its own unit; `null` for no limit, and where nothing is known. */
  @Column('double precision', { name: 'quota_remaining', nullable: true })
  quotaRemaining!: number | null;

  @Column('bigint', { name: 'quota_resets_at', nullable: true, transformer: milliseconds })
  quotaResetsAt!: number | null;

  /** When the two above were read; `null` for never. */
  @Column('bigint', { name: 'quota_read_at', nullable: true, transformer: milliseconds })
  quotaReadAt!: number | null;

  /** Jobs that the upstream accepted. */
  @Column('integer')
  submitted!: number;

  @Column('integer')
  completed!: number;

  @Column('integer')
  failed!: number;

  /** Submissions that failed because of it. */
  @Column('integer', { default: 0 })
  errors!: number;

  @Column('bigint', { name: 'last_used_at', nullable: true, transformer: milliseconds })
  lastUsedAt!: number | null;

  /** The kind of the last failure. */
  @Column('text', { name: 'last_error', nullable: true })
  lastError!: string | null;

  @Column('bigint', { name: 'last_error_at', nullable: true, transformer: milliseconds })
  lastErrorAt!: number | null;

  /** The day, by its first moment in UTC, that the four counts below are of; `null` for never. */
  @Column('bigint', { name: 'counted_day', nullable: true, transformer: milliseconds })
  countedDay!: number | null;

  @Column('integer', { name: 'day_submitted', default: 0 })
  daySubmitted!: number;

  @Column('integer', { name: 'day_completed', default: 0 })
  dayCompleted!: number;

  @Column('integer', { name: 'day_failed', default: 0 })
  dayFailed!: number;

  @Column('integer', { name: 'day_errors', default: 0 })
  dayErrors!: number;

  /** Rises by one with every change, except of what is counted: the columns from `submitted` on. */
  @Column('integer')
  version!: number;

  @Column('bigint', { name: 'created_at', transformer: milliseconds })
  createdAt!: number;

  @Column('bigint', { name: 'updated_at', transformer: milliseconds })
  updatedAt!: number;
}
