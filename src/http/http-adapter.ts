import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import { UnsupportedMediaTypeException } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { CodedError } from 'penstock/kernel';

import { contextOf, openRequest, runInRequest } from '../requests/request-context.js';

import { answerClientError } from './client-error.js';
import { errorAnswer } from './error-answer.js';
import { parseJsonBody } from './json-body.js';

/** What requests may look like. */
export interface HttpLimits {
  /** Largest body of a route that sets no limit of its own, in bytes. @defaultValue 1 MiB */
  readonly bodyBytes?: number;
  /** Longest URL, its query included, in characters. @defaultValue 8,192 */
  readonly urlCharacters?: number;
  /** Routes that take multipart forms, as patterns such as `/v1/videos`. @defaultValue none */
  readonly formRoutes?: ReadonlySet<string>;
  /** Routes that take texts (plain, CSV, NDJSON), which they get as a stream. @defaultValue none */
  readonly textRoutes?: ReadonlySet<string>;
  /** Routes that get the bytes of a JSON body, unread. @defaultValue none */
  readonly rawRoutes?: ReadonlySet<string>;
}

const TEXTS = ['text/plain', 'text/csv', 'application/x-ndjson'] as const;
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/**
 * Fastify, set up for Penstock: sizes are bounded, and every request has an id, taken from `x-request-id` where that is
 * 1 to 128 harmless characters, which goes back to the client and stands in `request.id` and in every line that is logged for it.
 */
export function createHttpAdapter({
  bodyBytes = 2 ** 20,
  urlCharacters = 8192,
  formRoutes = new Set(),
  textRoutes = new Set(),
  rawRoutes = new Set(),
}: HttpLimits = {}): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: bodyBytes,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
    genReqId: requestId,
    clientErrorHandler: answerClientError,
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      const answer = errorAnswer(error, request.id);
      void reply.header('x-request-id', request.id).status(answer.status).send(answer.body);
    },
  });
  adapter.useBodyParser('application/json', false, { bodyLimit: bodyBytes }, (request, body, done) => {
    done(null, rawRoutes.has(request.routeOptions.url ?? '') ? body : parseJsonBody(body));
  });
  adapter.getInstance().removeContentTypeParser('text/plain');
  adapter.getInstance().addContentTypeParser([...TEXTS], (request, payload, done) => {
    if (textRoutes.has(request.routeOptions.url ?? '')) done(null, payload);
    else done(new UnsupportedMediaTypeException(JSON_ONLY));
  });
  keepContext(adapter);
  adapter.getInstance().addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done(problemOf(request, { urlCharacters, formRoutes }));
  });
  return adapter;
}

/**
 * Makes the request known to all that works for it. The events that bring a body belong to no request, so its handler is
 * led back in after them.
 */
function keepContext(adapter: FastifyAdapter): void {
  adapter.getInstance().addHook('onRequest', (request, reply, done) => {
    const context = openRequest(request, request.id);
    reply.raw.once('close', () => {
      context.ended = true;
    });
    runInRequest(context, done);
  });
  adapter.getInstance().addHook('preValidation', (request, _reply, done) => {
    const context = contextOf(request);
    if (context === undefined) done();
    else runInRequest(context, done);
  });
}

function problemOf(
  request: FastifyRequest,
  { urlCharacters, formRoutes }: Pick<Required<HttpLimits>, 'urlCharacters' | 'formRoutes'>,
): Error | undefined {
  const { url, headers } = request;
  if (url.length > urlCharacters) return urlTooLong(url.length, urlCharacters);
  // Databases do not agree on whether a text may hold it, and no id does.
  if (url.split('?', 1)[0]?.includes('%00') === true)
    return new CodedError('bad_url', 'invalid_input', 'The path holds a NUL (%00).');
  if (isUnwantedForm(request, formRoutes)) return new UnsupportedMediaTypeException(JSON_ONLY);
  const encoding = headers['content-encoding'] ?? 'identity';
  return encoding === 'identity' ? undefined : new UnsupportedMediaTypeException(encodedBody(encoding));
}

const encodedBody = (encoding: string): string =>
  `content-encoding: got ${JSON.stringify(encoding.slice(0, 40))}, but bodies are taken as they are only. Send it without.`;

const JSON_ONLY = 'This content-type is not understood here. Send application/json.';

function isUnwantedForm(request: FastifyRequest, formRoutes: ReadonlySet<string>): boolean {
  const type = request.headers['content-type']?.toLowerCase() ?? '';
  if (type.startsWith('application/x-www-form-urlencoded')) return true;
  return type.startsWith('multipart/') && !formRoutes.has(request.routeOptions.url ?? '');
}

function requestId({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

function urlTooLong(length: number, limit: number): CodedError {
  const message = `The URL has ${length} characters; at most ${limit} are taken.`;
  return new CodedError('url_too_long', 'too_large', message);
}
