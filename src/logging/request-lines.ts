import { Injectable, Logger } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { PinoLogger } from 'nestjs-pino';
import { HttpExchanges, type HttpExchange } from 'penstock/metrics';

import { shownPath } from '../http/shown-path.js';

const PROBES: ReadonlySet<string> = new Set(['/health/live', '/health/ready', '/health/startup', '/metrics']);

/**
 * Logs every request when its answer has ended: those that we failed to serve as a warning (what broke, the error filter has
 * told), all others at the level debug. Probes that went well are not worth a line.
 */
@Injectable()
export class RequestLines {
  readonly #logger = new Logger('Requests');

  constructor(exchanges: HttpExchanges) {
    exchanges.onEnd((exchange) => {
      this.#log(exchange);
    });
  }

  #log({ request, method, route, status, durationMs }: HttpExchange): void {
    const hasFailed = status >= 500;
    // Asked for here: at the usual level, lines that nobody reads would take a twentieth of a request's time.
    if (!hasFailed && (PROBES.has(route) || !PinoLogger.root.isLevelEnabled('debug'))) return;
    const { id, url } = request as FastifyRequest;
    const path = shownPath(url);
    const fields = { requestId: id, method, path, route, status, durationMs: Math.round(durationMs) };
    const text = `${method} ${route}: ${status}`;
    if (hasFailed) this.#logger.warn(fields, text);
    else this.#logger.debug(fields, text);
  }
}
