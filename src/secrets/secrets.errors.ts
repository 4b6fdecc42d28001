import { CodedError, type ErrorCategory } from 'penstock/kernel';

const CATEGORIES = {
  secret_malformed: 'internal',
  secret_key_unknown: 'unavailable',
  secret_unopenable: 'unavailable',
  secret_key_file_unsafe: 'unavailable',
  secret_key_file_malformed: 'unavailable',
} as const satisfies Record<string, ErrorCategory>;

/** Codes of {@link SecretError}. */
export type SecretErrorCode = keyof typeof CATEGORIES;

/** A secret could not be opened, or the key for it could not be had. Messages never hold a secret or a key. */
export class SecretError extends CodedError<SecretErrorCode> {
  static of(code: SecretErrorCode, message: string, cause?: unknown): SecretError {
    return new SecretError(code, CATEGORIES[code], message, { cause });
  }
}
