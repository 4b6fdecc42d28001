import type { Priority } from 'penstock/balancer';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

import { milliseconds } from '../runtime/milliseconds.column.js';
import type { GenerationStatus } from './generation-status.js';

/** What is to be made, as the client asked for it. */
export interface GenerationInput {
  readonly prompt: string;
  /** Values by parameter name, only those that the request has. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly reference: StoredReference | null;
}

/** A reference image, kept with its generation. */
export type StoredReference =
  | {
      readonly type: 'file';
      /** Name inside of the folder of input files. */
      readonly path: string;
      readonly filename: string;
      readonly contentType: string;
      readonly bytes: number;
      /** Of the content, in hexadecimal. */
      readonly sha256: string;
    }
  | { readonly type: 'url'; readonly url: string }
  | { readonly type: 'upstream-file'; readonly fileId: string };

/** The words in which a generation's owner is told of it: our own, or those of the OpenAI API. */
export type EventFormat = 'native' | 'openai';

/** One file that a completed generation offers. */
export interface GenerationAsset {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: number | null;
}

/** One client request for media, and its whole life. */
@Entity('generations')
@Index('generations_by_owner', ['ownerId', 'createdAt', 'id'])
@Index('generations_by_age', ['createdAt', 'id'])
@Index('generations_by_status', ['status'])
@Index('generations_by_token', ['tokenId', 'status'])
@Index('generations_by_serial', ['serial'])
@Index('generations_by_owner_serial', ['ownerId', 'serial'])
@Index('generations_idempotency', ['ownerId', 'idempotencyKey'], { unique: true })
@Index('generations_upstream', ['upstreamScope', 'upstreamId'], { unique: true })
export class Generation {
  @PrimaryColumn('text')
  id!: string;

  @Column('text')
  kind!: string;

  @Column('text')
  model!: string;

  /** The only provider that may serve it, when the client named one. */
  @Column('text', { name: 'requested_provider', nullable: true })
  requestedProvider!: string | null;

  /** The provider of the token that serves it. */
  @Column('text', { nullable: true })
  provider!: string | null;

  @Column('text')
  status!: GenerationStatus;

  /** 0 to 100; never goes back. */
  @Column('integer')
  progress!: number;

  @Column('simple-json')
  input!: GenerationInput;

  @Column('simple-json')
  assets!: readonly GenerationAsset[];

  @Column('simple-json')
  metadata!: Readonly<Record<string, string>>;

  @Column('text', { name: 'error_code', nullable: true })
  errorCode!: string | null;

  @Column('text', { name: 'error_message', nullable: true })
  errorMessage!: string | null;

  /** How urgent it is, where generations wait for a token. */
  @Column('text', { default: 'normal' })
  priority!: Priority;

  /** The API key that asked for it. */
  @Column('text', { name: 'owner_id' })
  ownerId!: string;

  @Column('text', { name: 'idempotency_key', nullable: true })
  idempotencyKey!: string | null;

  /** SHA-256 of the request, to tell a repeated request from another one under the same key. */
  @Column('text', { name: 'request_hash' })
  requestHash!: string;

  /** The generation that this one remixes. */
  @Column('text', { name: 'remix_of', nullable: true })
  remixOf!: string | null;

  /** The token that serves it, or the only one that may. */
  @Column('text', { name: 'token_id', nullable: true })
  tokenId!: string | null;

  /** How many times a submission was begun. */
  @Column('integer')
  attempts!: number;

  /** The submission that was begun last. */
  @Column('text', { name: 'attempt_id', nullable: true })
  attemptId!: string | null;

  @Column('bigint', { name: 'attempted_at', nullable: true, transformer: milliseconds })
  attemptedAt!: number | null;

  /** The upstream that knows the job: job ids are unique within it. */
  @Column('text', { name: 'upstream_scope', nullable: true })
  upstreamScope!: string | null;

  /** The upstream's id of the job. */
  @Column('text', { name: 'upstream_id', nullable: true })
  upstreamId!: string | null;

  @Column('integer')
  polls!: number;

  /** The client wants it stopped; what is left is to tell the upstream. */
  @Column('boolean', { name: 'cancel_requested' })
  cancelRequested!: boolean;

  /** Rises by one with every change; the id of the event that tells of it. */
  @Column('integer')
  revision!: number;

  /** Rises with every change of any generation, in the order of their commits. */
  @Column('bigint', { default: 0, transformer: milliseconds })
  serial!: number;

  /** Where its events go instead of where those of its key go. */
  @Column('text', { name: 'webhook_url', nullable: true })
  webhookUrl!: string | null;

  @Column('text', { name: 'event_format', default: 'native' })
  eventFormat!: EventFormat;

  /** The span of the request that asked for it, as W3C Trace Context writes it, when that is recorded. */
  @Column('text', { nullable: true })
  traceparent!: string | null;

  @Column('bigint', { name: 'created_at', transformer: milliseconds })
  createdAt!: number;

  /** When the upstream accepted it. */
  @Column('bigint', { name: 'started_at', nullable: true, transformer: milliseconds })
  startedAt!: number | null;

  @Column('bigint', { name: 'completed_at', nullable: true, transformer: milliseconds })
  completedAt!: number | null;
}
