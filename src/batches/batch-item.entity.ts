import type { ItemState } from 'penstock/batch';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

import { milliseconds } from './milliseconds.js';

/** An item of a batch. Times are in milliseconds since 1970. */
@Entity('batch_items')
@Index('batch_items_by_state', ['batchId', 'state', 'position'])
@Index('batch_items_by_sequence', ['batchId', 'sequence'])
export class BatchItemRow {
  @PrimaryColumn('text', { name: 'batch_id' })
  batchId!: string;

  @PrimaryColumn('integer', { name: 'ordinal' })
  position!: number;

  @Column('text', { name: 'lock_key', nullable: true })
  key!: string | null;

  @Column('text')
  label!: string;

  /** What the operation needs to run it, sealed where it is secret. */
  @Column('text', { nullable: true })
  payload!: string | null;

  @Column('text')
  state!: ItemState;

  @Column('integer')
  attempts!: number;

  @Column('text', { nullable: true })
  result!: string | null;

  @Column('text', { nullable: true })
  reason!: string | null;

  @Column('simple-array')
  changes!: readonly string[];

  @Column('text', { nullable: true })
  subject!: string | null;

  @Column('bigint', { name: 'started_at', nullable: true, transformer: milliseconds })
  startedAt!: number | null;

  @Column('integer', { name: 'duration_ms', nullable: true })
  durationMs!: number | null;

  @Column('integer', { nullable: true })
  sequence!: number | null;
}
