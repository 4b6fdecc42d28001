import { Column, Entity, PrimaryColumn } from 'typeorm';

import { milliseconds } from '../../runtime/milliseconds.column.js';

/** One request to a receiver. Times are in milliseconds since 1970. */
@Entity('webhook_attempts')
export class WebhookAttempt {
  @PrimaryColumn('text', { name: 'delivery_id' })
  deliveryId!: string;

  /** From 1. */
  @PrimaryColumn('integer')
  number!: number;

  @Column('bigint', { transformer: milliseconds })
  at!: number;

  @Column('integer', { name: 'duration_ms' })
  durationMs!: number;

  /** Where it went. */
  @Column('text')
  url!: string;

  /** The status of the answer; `null` when there was none. */
  @Column('integer', { name: 'http_status', nullable: true })
  httpStatus!: number | null;

  /** Why it failed; `null` when it was received. */
  @Column('text', { nullable: true })
  error!: string | null;

  /** The beginning of the answer's body. */
  @Column('text', { nullable: true })
  answer!: string | null;
}
