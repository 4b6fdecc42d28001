import { CodedError, type CodedErrorOptions, type ErrorCategory } from 'penstock/kernel';

const CATEGORIES = {
  hook_not_found: 'not_found',
  hook_not_genuine: 'unauthenticated',
  hook_rate_limited: 'rate_limited',
} as const satisfies Record<string, ErrorCategory>;

/** Codes of {@link HookError}. */
export type HookErrorCode = keyof typeof CATEGORIES;

/** A callback that is not taken, or whose secrets cannot be set. Nothing was changed. */
export class HookError extends CodedError<HookErrorCode> {
  static of(code: HookErrorCode, message: string, options?: CodedErrorOptions): HookError {
    return new HookError(code, CATEGORIES[code], message, options);
  }
}
