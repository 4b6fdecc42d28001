import type { ErrorCategory } from './error-category.js';

/** Optional facts of a {@link CodedError}. */
export interface CodedErrorOptions {
  /** The error that led to this one. */
  readonly cause?: unknown;
  /** Path of the offending input, such as `limits.video`. */
  readonly field?: string;
  /** When the same call may succeed, in milliseconds from now (an integer of at least 0). */
  readonly retryAfterMs?: number;
}

/**
 * Base of every error that Penstock throws on purpose.
 *
 * `code` is stable and documented; programs may branch on it. `message` is for people: it names what was got and
 * what would be right, and never holds a secret.
 */
export class CodedError<Code extends string = string> extends Error {
  readonly field: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly code: Code,
    readonly category: ErrorCategory,
    message: string,
    options: CodedErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.field = options.field;
    this.retryAfterMs = options.retryAfterMs;
  }
}
