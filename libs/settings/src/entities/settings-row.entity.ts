import { Column, Entity, PrimaryColumn } from 'typeorm';

import { milliseconds } from './milliseconds.js';

/** What somebody set in one section. */
@Entity('settings')
export class SettingsRow {
  @PrimaryColumn('text')
  section!: string;

  /** JSON, kept as text: a row that is spoilt must not keep the others from being read. */
  @Column('text')
  overrides!: string;

  /** Rises by one with every write. */
  @Column('integer')
  version!: number;

  @Column('bigint', { name: 'updated_at', transformer: milliseconds })
  updatedAt!: number;

  @Column('text', { name: 'updated_by' })
  updatedBy!: string;
}
