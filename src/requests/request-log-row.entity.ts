import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** PostgreSQL hands out 64-bit integers as text. */
const milliseconds = {
  to: (value: number): number => value,
  from: (value: string | number) => Number(value),
};

/** What a row tells of: a request to the API, or the whole life of a generation. */
export type RequestLogKind = 'http' | 'generation';

/** One operation that has ended. Never changed. */
@Entity('request_log')
@Index('request_log_by_generation', ['generationId'])
@Index('request_log_by_token', ['tokenId', 'id'])
@Index('request_log_by_key', ['keyId', 'id'])
@Index('request_log_by_request', ['requestId'])
export class RequestLogRow {
  /** In the order of the times; see `requestRowId`. */
  @PrimaryColumn('text')
  id!: string;

  /** When it ended, in milliseconds since 1970. */
  @Column('bigint', { transformer: milliseconds })
  at!: number;

  @Column('text')
  kind!: RequestLogKind;

  /** Method and pattern of the route, or the kind of media. */
  @Column('text')
  operation!: string;

  @Column('text', { name: 'request_id', nullable: true })
  requestId!: string | null;

  /** The API key that asked for it. */
  @Column('text', { name: 'key_id', nullable: true })
  keyId!: string | null;

  @Column('text', { name: 'token_id', nullable: true })
  tokenId!: string | null;

  @Column('text', { name: 'generation_id', nullable: true })
  generationId!: string | null;

  /** Of HTTP, or that of the generation. */
  @Column('text')
  status!: string;

  @Column('boolean')
  failed!: boolean;

  @Column('text', { name: 'error_code', nullable: true })
  errorCode!: string | null;

  @Column('bigint', { name: 'duration_ms', transformer: milliseconds })
  durationMs!: number;
}
