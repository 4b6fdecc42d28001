import { HttpException } from '@nestjs/common';
import { CodedError, type ErrorCategory } from 'penstock/kernel';

import { errorType, type ErrorBody } from './error-body.js';
import { fastifyProblem } from './fastify-problem.js';

/** What a client is told of an error. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ErrorBody;
  /** It was not thrown on purpose: somebody should look into it. */
  readonly unexpected: boolean;
}

const STATUS = {
  invalid_input: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  gone: 410,
  too_large: 413,
  rate_limited: 429,
  internal: 500,
  upstream: 502,
  unavailable: 503,
  timeout: 504,
} as const satisfies Record<ErrorCategory, number>;

const CODES: Readonly<Record<number, string>> = {
  400: 'bad_request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  406: 'not_acceptable',
  408: 'request_timeout',
  409: 'conflict',
  413: 'too_large',
  414: 'uri_too_long',
  415: 'unsupported_media_type',
  428: 'precondition_required',
  429: 'rate_limited',
};

/**
 * Translates any thrown value. Pure.
 *
 * A {@link CodedError} keeps its code and message. Where it knows when to try again it says so (`Retry-After`,
 * `retry-after-ms`); where a client would try again at once for nothing, `x-should-retry: false` tells it not to, which
 * the OpenAI SDKs obey. Of anything unexpected only the request id is told.
 */
export function errorAnswer(error: unknown, requestId: string): ErrorAnswer {
  if (isCoded(error) && error.category !== 'internal') return codedAnswer(error);
  const problem = fastifyProblem(error);
  if (problem !== undefined) return plainAnswer(problem.status, problem.code, problem.message);
  if (error instanceof HttpException && error.getStatus() < 500) {
    const status = error.getStatus();
    return plainAnswer(status, CODES[status] ?? 'bad_request', error.message);
  }
  return unexpectedAnswer(error, requestId);
}

/** `instanceof` alone would leave the type of the code open. */
function isCoded(error: unknown): error is CodedError {
  return error instanceof CodedError;
}

function codedAnswer(error: CodedError): ErrorAnswer {
  const status = STATUS[error.category];
  return {
    ...plainAnswer(status, error.code, error.message, error.field),
    headers: retryHeaders(status, error.retryAfterMs),
  };
}

function plainAnswer(status: number, code: string, message: string, param?: string): ErrorAnswer {
  const body = { error: { message, type: errorType(status), param: param ?? null, code } };
  return { status, headers: {}, body, unexpected: false };
}

function unexpectedAnswer(error: unknown, requestId: string): ErrorAnswer {
  const code = isCoded(error) ? error.code : 'internal_error';
  const message = `Something went wrong on our side. The log has it under the request id ${requestId}.`;
  return { ...plainAnswer(500, code, message), unexpected: true };
}

function retryHeaders(status: number, retryAfterMs: number | undefined): Record<string, string> {
  if (retryAfterMs !== undefined) {
    return {
      'retry-after': Math.ceil(retryAfterMs / 1000).toFixed(0),
      'retry-after-ms': retryAfterMs.toFixed(0),
    };
  }
  const triedAgainByClients = status === 409 || status === 429 || status === 502 || status === 503;
  return triedAgainByClients ? { 'x-should-retry': 'false' } : {};
}
