import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';

import { errorType, type ErrorBody } from '../http/error-body.js';

/** Where `setupOpenApi` puts the schema of errors. */
export const ERROR_SCHEMA = 'ErrorBody';

const ERRORS = {
  400: [
    'The request does not fit.',
    'invalid_value',
    '"limits.video": got "two"; expected int.',
    'limits.video',
  ],
  401: [
    'The API key is missing or unknown.',
    'invalid_api_key',
    'This API key is not known here (any more).',
    null,
  ],
  403: [
    'The key lacks the scope.',
    'missing_scope',
    'This needs a key with the scope "admin"; this key has generate, read.',
    null,
  ],
  404: ['It does not exist.', 'not_found', 'There is nothing with the id "x".', null],
  409: ['Its state excludes the request.', 'conflict', 'It has ended already.', null],
  410: ['Its time is over.', 'link_expired', 'This link counted until 2026-01-31T12:00:00.000Z.', null],
  413: ['A size bound was passed.', 'body_too_large', 'The body is larger than this route takes.', null],
  415: [
    'The content-type is not understood.',
    'unsupported_media_type',
    'This content-type is not understood here. Send application/json.',
    null,
  ],
  416: ['The range lies outside of the file.', 'range_not_satisfiable', 'The file has 1024 bytes.', null],
  428: [
    'If-Match is missing.',
    'precondition_required',
    'If-Match is missing. Send the ETag of the settings that you looked at, such as If-Match: "3".',
    null,
  ],
  429: ['Try again after Retry-After.', 'queue_full', 'Too many generations wait already.', null],
  500: ['A bug of ours.', 'internal_error', 'Something went wrong on our side.', null],
  502: ['The upstream failed.', 'upstream_failed', 'The upstream answered with 500.', null],
  503: ['A part that is needed does not answer.', 'no_usable_token', 'No token can serve this.', null],
  504: [
    'A part that is needed was too slow.',
    'acquire_timeout',
    'Waited 10000 ms for database.writer.',
    null,
  ],
} as const satisfies Record<number, readonly [string, string, string, string | null]>;

/** A status that {@link ApiErrors} can describe. */
export type ErrorStatus = keyof typeof ERRORS;

/**
 * Documents the errors of a route, with an example of each; 500 is there anyway. A route without 401 is shown as one that
 * needs no key.
 */
export function ApiErrors(...statuses: readonly ErrorStatus[]): MethodDecorator & ClassDecorator {
  return applyDecorators(...[...statuses, 500 as const].map(describeError));
}

/** Errors are JSON whatever else the route produces. */
function describeError(status: ErrorStatus): MethodDecorator & ClassDecorator {
  const [description, code, message, param] = ERRORS[status];
  const example: ErrorBody = { error: { message, type: errorType(status), param, code } };
  const schema = { $ref: `#/components/schemas/${ERROR_SCHEMA}` };
  return ApiResponse({ status, description, content: { 'application/json': { schema, example } } });
}
