import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

import type { Scope } from './scopes.js';

/** PostgreSQL hands out 64-bit integers as text. */
const milliseconds = {
  to: (value: number | null): number | null => value,
  from: (value: string | number | null): number | null => (value === null ? null : Number(value)),
};

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

  @Column('bigint', { name: 'created_at', transformer: milliseconds })
  createdAt!: number;

  /** To a few minutes. */
  @Column('bigint', { name: 'last_used_at', nullable: true, transformer: milliseconds })
  lastUsedAt!: number | null;
}
