import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

import { milliseconds } from '../runtime/milliseconds.column.js';

/**
 * Where a copy stands: to be made (again), stored, given up, taken away because of age or quota, or of a generation that is
 * deleted.
 */
export type CopyStatus = 'pending' | 'stored' | 'dead' | 'evicted' | 'unwanted';

/** The copy of one file of a completed generation. Times are in milliseconds since 1970. */
@Entity('asset_copies')
@Index('asset_copies_by_due', ['status', 'nextAttemptAt'])
@Index('asset_copies_by_age', ['status', 'storedAt'])
@Index('asset_copies_by_content', ['sink', 'contentKey'])
export class AssetCopy {
  @PrimaryColumn('text', { name: 'generation_id' })
  generationId!: string;

  /** The position among the files of the generation. */
  @PrimaryColumn('integer')
  position!: number;

  @Column('text')
  status!: CopyStatus;

  /** As the upstream gave it with the bytes; before that, as the generation tells it. */
  @Column('text', { name: 'content_type' })
  contentType!: string;

  /** The sink that holds it, or `null` before. */
  @Column('text', { nullable: true })
  sink!: string | null;

  /** By which the sink finds it. */
  @Column('text', { name: 'content_key', nullable: true })
  contentKey!: string | null;

  @Column('bigint', { nullable: true, transformer: milliseconds })
  bytes!: number | null;

  @Column('text', { nullable: true })
  sha256!: string | null;

  @Column('integer')
  attempts!: number;

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

  @Column('bigint', { name: 'stored_at', nullable: true, transformer: milliseconds })
  storedAt!: number | null;
}
