import { Column, Entity, PrimaryColumn } from 'typeorm';

import { milliseconds } from '../runtime/milliseconds.column.js';

/** Part of what a polling strategy has learned. */
@Entity('poll_knowledge')
export class PollKnowledgeRow {
  @PrimaryColumn('text')
  strategy!: string;

  @PrimaryColumn('text')
  key!: string;

  /** JSON that only the strategy reads. */
  @Column('text')
  state!: string;

  /** In milliseconds since 1970. */
  @Column('bigint', { name: 'updated_at', transformer: milliseconds })
  updatedAt!: number;
}
