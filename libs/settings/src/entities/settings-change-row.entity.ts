import { Column, Entity, PrimaryColumn } from 'typeorm';

import { milliseconds } from './milliseconds.js';

/** One write of a section: the audit. */
@Entity('settings_changes')
export class SettingsChangeRow {
  @PrimaryColumn('text')
  section!: string;

  /** The version that the write led to. */
  @PrimaryColumn('integer')
  version!: number;

  /** JSON of what was set before. */
  @Column('text', { name: 'overrides_before' })
  before!: string;

  /** JSON of what was set from then on. */
  @Column('text', { name: 'overrides_after' })
  after!: string;

  @Column('text', { name: 'changed_by' })
  changedBy!: string;

  @Column('bigint', { name: 'changed_at', transformer: milliseconds })
  changedAt!: number;
}
