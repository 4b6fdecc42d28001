import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

import { milliseconds } from '../../runtime/milliseconds.column.js';
import type { TokenState } from '../token-state.js';
import type { DisabledBy } from '../token.entity.js';

/** One change of a token's state, with its reason. Times are in milliseconds since 1970. */
@Entity('token_transitions')
@Index('token_transitions_by_age', ['at'])
export class TokenTransition {
  @PrimaryColumn('text', { name: 'token_id' })
  tokenId!: string;

  /** The token's version after the change. */
  @PrimaryColumn('integer')
  version!: number;

  @Column('bigint', { transformer: milliseconds })
  at!: number;

  /** `null` when it was added. */
  @Column('text', { name: 'from_state', nullable: true })
  from!: TokenState | null;

  @Column('text', { name: 'to_state' })
  to!: TokenState;

  @Column('text', { nullable: true })
  reason!: string | null;

  /** Until when it is left alone. */
  @Column('bigint', { nullable: true, transformer: milliseconds })
  until!: number | null;

  /** A person, or Penstock itself. */
  @Column('text')
  by!: DisabledBy;
}
