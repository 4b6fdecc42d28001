import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The one row that proves that the database takes writes. */
@Entity('health_probes')
export class HealthProbe {
  @PrimaryColumn('text')
  id!: string;

  /** In milliseconds since 1970. */
  @Column('bigint', { name: 'written_at' })
  writtenAt!: number;
}
