import type { Readable } from 'node:stream';

import type { JsonObject } from 'penstock/kernel';

import type { Kind } from './manifest.js';

/** A reference image that goes with the prompt. */
export type InputReference =
  | {
      readonly type: 'file';
      readonly filename: string;
      readonly contentType: string;
      /** Size in bytes. */
      readonly bytes: number;
      /** Opens the content; may be called again for another attempt. Hand on the `ProviderError` that it throws. */
      open(): Promise<Blob>;
    }
  | { readonly type: 'url'; readonly url: string }
  | { readonly type: 'upstream-file'; readonly fileId: string };

/** What to make. Already checked against the model's description. */
export interface SubmitRequest {
  readonly kind: Kind;
  readonly model: string;
  readonly prompt: string;
  /** Values by parameter name, only those that the request has. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly inputReference: InputReference | null;
  /** Unique to this attempt; sent where the upstream takes an idempotency key or a correlation id. */
  readonly attemptId: string;
  /**
   * Where the upstream may call back when the job has ended, for providers with `parseWebhook`. It grants access: send it to the
   * upstream only. @defaultValue nowhere
   */
  readonly callbackUrl?: string;
}

/** A job as the upstream knows it. */
export interface JobReference {
  readonly jobId: string;
  readonly kind: Kind;
  readonly model: string;
}

/** A file that a finished job offers. */
export interface JobAsset {
  /** The provider's own name of it, given back to `download`, such as `video` or `thumbnail`. */
  readonly name: string;
  readonly contentType: string;
  /** Size in bytes, where it is known without fetching. */
  readonly bytes: number | null;
}

/** The state of a job at one moment. */
export interface JobSnapshot {
  /** `not_found`: the upstream does not know the job (any more). */
  readonly status: 'queued' | 'in_progress' | 'completed' | 'failed' | 'cancelled' | 'not_found';
  /** 0 to 100, or `null` where the upstream does not tell. */
  readonly progress: number | null;
  /** What a completed job offers, the main one first; empty before. */
  readonly assets: readonly JobAsset[];
  /** Why it failed. */
  readonly error: { readonly code: string; readonly message: string } | null;
  /** When the upstream wants to be asked again, in milliseconds, where it says. */
  readonly pollAfterMs: number | null;
  /** When the job completed or failed, in milliseconds since 1970, where the upstream tells. */
  readonly completedAt?: number | null;
}

/** An accepted job. */
export interface SubmittedJob {
  /** Non-empty, at most 512 characters. */
  readonly jobId: string;
  readonly snapshot: JobSnapshot;
  /**
   * The files themselves, in the order of `snapshot.assets`, where the answer to the submission holds them: the snapshot is
   * `completed` then, and the job is neither polled nor downloaded. They are held in memory until they are stored.
   *
   * @defaultValue they are fetched by `download`
   */
  readonly content?: readonly Uint8Array[];
}

/** An attempt whose answer was lost. */
export interface LostAttempt extends SubmitRequest {
  /** Wall-clock time just before the request was sent, in milliseconds since 1970. */
  readonly startedAt: number;
  /** The source job, when the attempt was a remix. */
  readonly remixOf: string | null;
  /** Whether a job already belongs to another generation, so that it is not taken twice. */
  isClaimed(jobId: string): Promise<boolean>;
}

/**
 * What became of a lost attempt. `absent` is a promise that nothing was created and nothing will be: the core then
 * submits again. A provider that cannot promise it says `unknown`.
 */
export type Reconciliation =
  | { readonly outcome: 'found'; readonly job: SubmittedJob }
  | { readonly outcome: 'absent' }
  | { readonly outcome: 'unknown' };

/** Which part of an asset to fetch. */
export interface DownloadRequest {
  /** {@link JobAsset.name}, or another name that the provider understands. */
  readonly asset: string;
  /** A `Range` header to pass on. */
  readonly range: string | null;
  /** An `If-Range` header to pass on. */
  readonly ifRange: string | null;
}

/** The bytes of an asset. */
export interface Download {
  /** 200, 206 or 416. */
  readonly status: number;
  readonly contentType: string;
  /** Length of this body, where known. */
  readonly contentLength: number | null;
  /** For 206 and 416. */
  readonly contentRange: string | null;
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** Must be read to its end or destroyed. */
  readonly body: Readable;
}

/** Whether a credential is good. */
export interface Verification {
  readonly valid: boolean;
  /** For people: why not, or who it is. Never the secret. */
  readonly detail: string;
}

/** What an account may still use. */
export interface Quota {
  /** Units left, in the upstream's own unit; `null` for unlimited. */
  readonly remaining: number | null;
  /** When it is filled up again, in milliseconds since 1970, where known. */
  readonly resetsAt: number | null;
}

/** A renewed credential. */
export interface RefreshedCredential {
  readonly secret: string;
  /** The next refresh secret, where the upstream rotates it. */
  readonly refreshSecret: string | null;
  /** In milliseconds since 1970, where known. */
  readonly expiresAt: number | null;
}

/** A callback of an upstream, as it came. */
export interface WebhookRequest {
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** To the byte, as it is signed. */
  readonly rawBody: Uint8Array;
  /** What follows `?` in the URL that was called, as the provider had added it to `callbackUrl`. @defaultValue nothing */
  readonly query?: Readonly<Record<string, string>>;
  /** When it came, in milliseconds since 1970, to compare with the time that was signed. @defaultValue not known: it is not compared */
  readonly receivedAt?: number;
}

/** Which job a verified callback speaks of. It only wakes the poller. */
export interface WebhookEvent {
  readonly jobId: string;
  /** Whether it tells of the end of the job. One that tells of less has it polled no sooner. @defaultValue true */
  readonly ended?: boolean;
  readonly payload: JsonObject;
}
