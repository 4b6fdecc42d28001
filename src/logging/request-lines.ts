import { Injectable, Logger } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
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
    if (PROBES.has(route) && status < 500) return;
    const { id, url } = request as FastifyRequest;
    const line = { requestId: id, method, path: shownPath(url), route, status };
    const text = `${method} ${route}: ${status}`;
    const fields = { ...line, durationMs: Math.round(durationMs) };
    if (status >= 500) this.#logger.warn(fields, text);
    else this.#logger.debug(fields, text);
  }
}
