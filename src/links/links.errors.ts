import { CodedError, type CodedErrorOptions, type ErrorCategory } from 'penstock/kernel';

const CATEGORIES = {
  link_not_genuine: 'forbidden',
  link_expired: 'gone',
} as const satisfies Record<string, ErrorCategory>;

/** Codes of {@link LinkError}. */
export type LinkErrorCode = keyof typeof CATEGORIES;

/** A link that opens nothing. */
export class LinkError extends CodedError<LinkErrorCode> {
  static of(code: LinkErrorCode, message: string, options?: CodedErrorOptions): LinkError {
    return new LinkError(code, CATEGORIES[code], message, options);
  }
}
