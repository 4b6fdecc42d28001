import { CodedError, type ErrorCategory } from 'penstock/kernel';

const CATEGORIES = {
  rate_limit_exceeded: 'rate_limited',
  daily_limit_exceeded: 'rate_limited',
  concurrency_limit_exceeded: 'rate_limited',
} as const satisfies Record<string, ErrorCategory>;

/** Codes of {@link LimitError}. */
export type LimitErrorCode = keyof typeof CATEGORIES;

/** An API key asks for more than its limits let it. Nothing was made. */
export class LimitError extends CodedError<LimitErrorCode> {
  static of(code: LimitErrorCode, message: string, retryAfterMs: number): LimitError {
    return new LimitError(code, CATEGORIES[code], message, { retryAfterMs: Math.ceil(retryAfterMs) });
  }
}
