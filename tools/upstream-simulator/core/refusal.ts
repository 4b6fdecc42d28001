import type { Violation } from './call-ring.js';
import type { Operation } from './operation.js';

/** Why an upstream does not do what it is asked; each dialect has its own words for them. */
export type RefusalKind =
  'unauthorized' | 'rate-limited' | 'quota-exhausted' | 'not-found' | 'invalid-request' | 'conflict';

/** What a caller is told about coming back. */
export interface RetryAfter {
  /** The value of the header. */
  readonly header: string;
  /** When coming back is welcome, in milliseconds since 1970: what the header says, or what it rounds up. */
  readonly until: number;
  /** The operations that should wait. */
  readonly scope: readonly Operation[] | 'any';
}

/** Facts that some refusals have. */
export interface RefusalDetails {
  /** The parameter at fault. */
  readonly param?: string;
  /** A code more exact than the kind. */
  readonly code?: string;
  readonly retryAfter?: RetryAfter;
  /** The rule of good conduct that the call broke. */
  readonly violation?: Violation;
}

/** The upstream says no. */
export class Refusal extends Error {
  constructor(
    readonly kind: RefusalKind,
    message: string,
    readonly details: RefusalDetails = {},
  ) {
    super(message);
    this.name = 'Refusal';
  }
}

/** "Come back in so many seconds", for the operations of `scope`. */
export function retryAfterSeconds(seconds: number, now: number, scope: RetryAfter['scope']): RetryAfter {
  return { header: String(seconds), until: now + seconds * 1000, scope };
}

/** "Come back at that date"; HTTP dates have whole seconds, so it is rounded up. */
export function retryAfterDate(date: number, scope: RetryAfter['scope']): RetryAfter {
  const until = Math.ceil(date / 1000) * 1000;
  return { header: new Date(until).toUTCString(), until, scope };
}
