import type { BatchEnding, BatchLimits, BatchState } from 'penstock/batch';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

import { milliseconds } from './milliseconds.js';

/** A batch. Times are in milliseconds since 1970. */
@Entity('batches')
@Index('batches_by_age', ['createdAt', 'id'])
@Index('batches_by_state', ['state'])
export class BatchRow {
  @PrimaryColumn('text')
  id!: string;

  @Column('text')
  operation!: string;

  /** What was asked for, without secrets. */
  @Column('simple-json')
  input!: object;

  @Column('simple-json')
  limits!: BatchLimits;

  @Column('text')
  state!: BatchState;

  @Column('text', { nullable: true })
  ending!: BatchEnding | null;

  @Column('text', { nullable: true })
  reason!: string | null;

  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column('bigint', { name: 'created_at', transformer: milliseconds })
  createdAt!: number;

  @Column('bigint', { name: 'started_at', nullable: true, transformer: milliseconds })
  startedAt!: number | null;

  @Column('bigint', { name: 'ended_at', nullable: true, transformer: milliseconds })
  endedAt!: number | null;

  @Column('integer')
  revision!: number;

  @Column('integer')
  total!: number;
}
