import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CodedError } from 'penstock/kernel';

import { requestIsAbout } from '../requests/request-context.js';
import { errorAnswer } from './error-answer.js';
import { shownPath } from './shown-path.js';

const SHOWN_CHARACTERS = 200;

/** Answers every error of every route in the one shape, and logs those that nobody threw on purpose. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  readonly #logger = new Logger(ErrorFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const answer = errorAnswer(request.is404 ? noRoute(request) : error, request.id);
    requestIsAbout({ errorCode: answer.body.error.code });
    if (isHangUp(request))
      this.#logger.debug(`${request.method} ${pathOf(request)} (${request.id}): the client hung up.`);
    else if (answer.unexpected)
      this.#logger.error(error, `${request.method} ${pathOf(request)} (${request.id})`);
    if (reply.raw.headersSent) {
      // Too late for another status: a cut connection is the only way to say that the body is not complete.
      reply.raw.destroy();
      return;
    }
    void reply.status(answer.status).headers(answer.headers).type('application/json').send(answer.body);
  }
}

/** The client went away before it had sent all: nobody reads the answer, and nothing is wrong with us. */
function isHangUp({ raw }: FastifyRequest): boolean {
  return raw.destroyed && !raw.complete;
}

function noRoute(request: FastifyRequest): CodedError {
  const path = pathOf(request).slice(0, SHOWN_CHARACTERS);
  return new CodedError('route_not_found', 'not_found', `There is no ${request.method} ${path}.`);
}

function pathOf(request: FastifyRequest): string {
  return shownPath(request.url);
}
