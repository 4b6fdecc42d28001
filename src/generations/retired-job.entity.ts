import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

import { milliseconds } from '../runtime/milliseconds.column.js';

/** A job of an upstream whose generation is deleted. It is never taken for the job of another one. */
@Entity('retired_jobs')
@Index('retired_jobs_by_age', ['retiredAt'])
export class RetiredJob {
  @PrimaryColumn('text', { name: 'upstream_scope' })
  upstreamScope!: string;

  @PrimaryColumn('text', { name: 'upstream_id' })
  upstreamId!: string;

  /** Milliseconds since 1970. */
  @Column('bigint', { name: 'retired_at', transformer: milliseconds })
  retiredAt!: number;
}
