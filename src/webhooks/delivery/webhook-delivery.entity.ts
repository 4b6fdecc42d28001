import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

import { milliseconds } from '../../runtime/milliseconds.column.js';

/** Where a delivery stands: to be sent (again), received, or given up. */
export type DeliveryStatus = 'pending' | 'delivered' | 'dead';

/** Every status of a delivery. */
export const DELIVERY_STATUSES = [
  'pending',
  'delivered',
  'dead',
] as const satisfies readonly DeliveryStatus[];

/** One event on its way to its receiver. Times are in milliseconds since 1970. */
@Entity('webhook_deliveries')
@Index('webhook_deliveries_by_generation', ['generationId', 'status', 'revision'])
@Index('webhook_deliveries_by_status', ['status', 'createdAt', 'id'])
@Index('webhook_deliveries_by_age', ['createdAt', 'id'])
export class WebhookDelivery {
  /** Also the id of the event, and the `webhook-id` of every attempt. */
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { name: 'generation_id' })
  generationId!: string;

  /** The change that it tells of; deliveries of one generation go out in this order. */
  @Column('integer')
  revision!: number;

  /** The API key that the generation belongs to. */
  @Column('text', { name: 'key_id' })
  keyId!: string;

  /** `null` for wherever the events of the key go when it is sent. */
  @Column('text', { nullable: true })
  url!: string | null;

  /** Such as `generation.completed`. */
  @Column('text')
  type!: string;

  /** What is sent, to the byte. */
  @Column('text')
  body!: string;

  @Column('text')
  status!: DeliveryStatus;

  @Column('integer')
  attempts!: number;

  /** How often it was replayed: an attempt that began before a replay does not settle what comes after it. */
  @Column('integer', { default: 0 })
  replays!: number;

  /** Attempts that failed since it was created, or replayed. */
  @Column('integer')
  failures!: number;

  /** How long all pauses were since it was created, or replayed. */
  @Column('bigint', { name: 'waited_ms', transformer: milliseconds })
  waitedMs!: number;

  /** The pause before the next attempt, for a start that finds the clock changed. */
  @Column('bigint', { name: 'pause_ms', transformer: milliseconds })
  pauseMs!: number;

  @Column('bigint', { name: 'next_attempt_at', transformer: milliseconds })
  nextAttemptAt!: number;

  /** Why the last attempt failed, or why it was given up. */
  @Column('text', { name: 'last_error', nullable: true })
  lastError!: string | null;

  @Column('bigint', { name: 'created_at', transformer: milliseconds })
  createdAt!: number;

  /** When it was received or given up. */
  @Column('bigint', { name: 'ended_at', nullable: true, transformer: milliseconds })
  endedAt!: number | null;
}
