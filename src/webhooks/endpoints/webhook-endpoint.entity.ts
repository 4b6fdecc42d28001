import { Column, Entity, PrimaryColumn } from 'typeorm';

import { milliseconds } from '../../runtime/milliseconds.column.js';

/** Where the events of an API key go, and how they are signed. Times are in milliseconds since 1970. */
@Entity('webhook_endpoints')
export class WebhookEndpoint {
  @PrimaryColumn('text', { name: 'key_id' })
  keyId!: string;

  /** `null` when only requests name a URL. */
  @Column('text', { nullable: true })
  url!: string | null;

  @Column('text', { name: 'sealed_secret' })
  sealedSecret!: string;

  /** The secret before, with which is signed too until {@link WebhookEndpoint.previousUntil}. */
  @Column('text', { name: 'sealed_previous_secret', nullable: true })
  sealedPreviousSecret!: string | null;

  @Column('bigint', { name: 'previous_until', nullable: true, transformer: milliseconds })
  previousUntil!: number | null;

  /** Since when nothing is sent to the URL, because it said that it is gone. */
  @Column('bigint', { name: 'disabled_at', nullable: true, transformer: milliseconds })
  disabledAt!: number | null;

  @Column('bigint', { name: 'created_at', transformer: milliseconds })
  createdAt!: number;
}
