import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

import { milliseconds } from '../runtime/milliseconds.column.js';
import type { KeyLimits } from './api-key-limits.js';
import type { KeyPriority } from './key-priority.js';
import type { Scope } from './scopes.js';

/** A key of a client. The key itself is not stored. */
@Entity('api_keys')
@Index('api_keys_hash', ['hash'], { unique: true })
@Index('api_keys_by_age', ['createdAt', 'id'])
export class ApiKey {
  @PrimaryColumn('text')
  id!: string;

  @Column('text')
  label!: string;

  /** SHA-256 of the key, in hexadecimal digits. */
  @Column('text')
  hash!: string;

  /** The first characters of the key, to tell keys apart. */
  @Column('text')
  prefix!: string;

  @Column('simple-json')
  scopes!: readonly Scope[];

  @Column('simple-json', { nullable: true })
  limits!: KeyLimits | null;

  /** `null` for that of most keys. */
  @Column('simple-json', { nullable: true })
  priority!: KeyPriority | null;

  @Column('bigint', { name: 'created_at', transformer: milliseconds })
  createdAt!: number;

  /** To a few minutes. */
  @Column('bigint', { name: 'last_used_at', nullable: true, transformer: milliseconds })
  lastUsedAt!: number | null;
}
