import { Column, Entity, PrimaryColumn } from 'typeorm';

import { milliseconds } from '../../runtime/milliseconds.column.js';
import type { TokenSelection } from '../selection/token-selection.js';

/** One export of tokens: the audit. */
@Entity('token_exports')
export class TokenExportRow {
  /** Rises with the time. */
  @PrimaryColumn('text')
  id!: string;

  /** Milliseconds since 1970. */
  @Column('bigint', { transformer: milliseconds })
  at!: number;

  /** The key that asked. */
  @Column('text', { name: 'key_id' })
  keyId!: string;

  /** The label that the key had. */
  @Column('text', { name: 'key_label' })
  keyLabel!: string;

  /** Whether it was given the secrets. */
  @Column('boolean')
  secrets!: boolean;

  /** Which tokens it asked for. */
  @Column('simple-json')
  selection!: TokenSelection;
}
