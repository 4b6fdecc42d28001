import { CodedError, type ErrorCategory } from 'penstock/kernel';

import type { Scope } from './scopes.js';

const CATEGORIES = {
  missing_api_key: 'unauthenticated',
  invalid_authorization: 'unauthenticated',
  invalid_api_key: 'unauthenticated',
  missing_scope: 'forbidden',
  route_closed: 'forbidden',
  api_key_not_found: 'not_found',
  last_admin_key: 'conflict',
} as const satisfies Record<string, ErrorCategory>;

/** Codes of {@link AuthError}. */
export type AuthErrorCode = keyof typeof CATEGORIES;

/** A request that its sender may not make, or a change of keys that cannot be made. */
export class AuthError extends CodedError<AuthErrorCode> {
  static of(code: AuthErrorCode, message: string): AuthError {
    return new AuthError(code, CATEGORIES[code], message);
  }

  static keyMissing(): AuthError {
    return AuthError.of('missing_api_key', 'An API key is needed. Send it as "Authorization: Bearer <key>".');
  }

  static keyUnknown(): AuthError {
    return AuthError.of('invalid_api_key', 'This API key is not known here (any more).');
  }

  static schemeWrong(expected: string): AuthError {
    return AuthError.of(
      'invalid_authorization',
      `The authorization header is not understood. Send ${expected}.`,
    );
  }

  static scopeMissing(needed: Scope, has: readonly Scope[]): AuthError {
    const scopes = has.length === 0 ? 'none' : has.join(', ');
    return AuthError.of(
      'missing_scope',
      `This needs a key with the scope "${needed}"; this key has ${scopes}.`,
    );
  }

  static routeClosed(): AuthError {
    return AuthError.of('route_closed', 'This route says nothing of who may use it, so nobody may.');
  }

  static keyNotFound(id: string): AuthError {
    return AuthError.of('api_key_not_found', `There is no API key "${id}".`);
  }

  static lastAdminKey(id: string): AuthError {
    return AuthError.of(
      'last_admin_key',
      `"${id}" is the last key with the scope "admin": without it nobody could administer Penstock. ` +
        `Make another one first, or set PENSTOCK_ADMIN_KEY.`,
    );
  }
}
