import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** PostgreSQL hands out 64-bit integers as text. */
export const milliseconds = {
  to: (value: number | null): number | null => value,
  from: (value: string | number | null): number | null => (value === null ? null : Number(value)),
};

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

  @Column('bigint', { name: 'last_used_at', nullable: true, transformer: milliseconds })
  lastUsedAt!: number | null;

  /** Rises by one with every change, except of the four columns above. */
  @Column('integer')
  version!: number;

  @Column('bigint', { name: 'created_at', transformer: milliseconds })
  createdAt!: number;

  @Column('bigint', { name: 'updated_at', transformer: milliseconds })
  updatedAt!: number;
}
