import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

import { milliseconds } from '../runtime/milliseconds.column.js';

/** A proxy of the pool. */
@Entity('proxies')
@Index('proxies_url', ['fingerprint'], { unique: true })
export class ProxyRow {
  @PrimaryColumn('text')
  id!: string;

  /** With its credentials. */
  @Column('text', { name: 'sealed_url' })
  sealedUrl!: string;

  /** Tells equal URLs. */
  @Column('text')
  fingerprint!: string;

  /** Milliseconds since 1970. */
  @Column('bigint', { name: 'created_at', transformer: milliseconds })
  createdAt!: number;
}
