import { Column, Entity, PrimaryColumn } from 'typeorm';

import { milliseconds } from '../runtime/milliseconds.column.js';

/** What the upstreams of a provider sign their callbacks with. */
@Entity('hook_secrets')
export class HookSecretRow {
  @PrimaryColumn('text')
  provider!: string;

  /** A JSON list of texts. */
  @Column('text', { name: 'sealed_secrets' })
  sealedSecrets!: string;

  /** In milliseconds since 1970. */
  @Column('bigint', { name: 'updated_at', transformer: milliseconds })
  updatedAt!: number;
}
