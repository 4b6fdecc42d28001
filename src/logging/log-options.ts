import type { Params } from 'nestjs-pino';
import { pino, type DestinationStream, type LoggerOptions } from 'pino';

import type { LogLevel } from '../config/index.js';
import { currentRequest } from '../requests/request-context.js';
import { redactText, redactValue } from './redaction.js';

/** Lines go to stdout off the request path. What is buffered when the process ends is written then. */
export const destination = pino.destination({ sync: false, minLength: 0 });

/** What pino does to every line: names the request that it belongs to, and keeps secrets out of it. */
function lineOptions(level: LogLevel): LoggerOptions {
  return {
    level,
    mixin: () => {
      const request = currentRequest();
      return request === undefined ? {} : { requestId: request.id };
    },
    hooks: {
      logMethod(args, method) {
        const safe = args
          .map((arg: unknown) => (arg instanceof Error ? { err: arg } : arg))
          .map(safeArgument);
        Reflect.apply(method, this, safe);
      },
    },
  };
}

/**
 * Of nestjs-pino, its logger; its middleware is not used: the request is known from the async context, and its line is
 * logged when its answer has ended, whoever gave it.
 */
export function loggerParams(level: LogLevel, stream: DestinationStream = destination): Params {
  return { pinoHttp: [lineOptions(level), stream], forRoutes: [] };
}

function safeArgument(argument: unknown): unknown {
  return typeof argument === 'string' ? redactText(argument) : redactValue(argument);
}
