import { Injectable, Logger, Optional } from '@nestjs/common';
import { type AbstractHttpAdapter, HttpAdapterHost } from '@nestjs/core';
import { Clock, SystemClock } from 'penstock/kernel';

import { type HttpReply, type HttpRequest, onResponseEnd, routePattern } from './http-exchange.js';

/** One request and its answer, which has ended. */
export interface HttpExchange {
  /** That of Fastify, or of Express. */
  readonly request: object;
  /** One of those in use, or `OTHER`. */
  readonly method: string;
  /** The pattern of the route, `unknown` where there is none. */
  readonly route: string;
  /** As sent; 499 when the client left before the answer began. */
  readonly status: number;
  readonly durationMs: number;
}

type Next = () => void;

interface FastifyInstance {
  addHook(
    name: 'onRequest',
    hook: (request: HttpRequest & object, reply: HttpReply, done: Next) => void,
  ): unknown;
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/**
 * Tells of every request when it ends, whoever answered it: a handler, a guard, or nobody because no route matched. What
 * Fastify cannot even route (a malformed URL) or read is not a request in this sense.
 */
@Injectable()
export class HttpExchanges {
  readonly #logger = new Logger('HttpExchanges');
  readonly #listeners = new Set<(exchange: HttpExchange) => void>();
  readonly #beginnings = new Set<(request: object) => void>();

  constructor(
    private readonly host: HttpAdapterHost,
    @Optional() private readonly clock: Clock = new SystemClock(),
  ) {}

  /** Calls `listener` at the end of every exchange, which it must not hold up. One that throws is logged. */
  onEnd(listener: (exchange: HttpExchange) => void): void {
    this.#listeners.add(listener);
  }

  /** Calls `listener` with every request when its head has come. The same object comes again at its end. */
  onBegin(listener: (request: object) => void): void {
    this.#beginnings.add(listener);
  }

  /** Watches the application's adapter, if it has one. Before its routes are made. */
  attach(): void {
    const adapter = this.host.httpAdapter as AbstractHttpAdapter | undefined;
    if (adapter === undefined) return;
    if (adapter.getType() === 'fastify') {
      adapter.getInstance<FastifyInstance>().addHook('onRequest', this.#watch);
    } else {
      adapter.use(this.#watch);
    }
  }

  readonly #watch = (request: HttpRequest & object, reply: HttpReply, next: Next): void => {
    const startedAt = this.clock.monotonic();
    this.#call(this.#beginnings, request);
    onResponseEnd(reply, (status) => {
      const durationMs = this.clock.monotonic() - startedAt;
      const method = METHODS.has(request.method) ? request.method : 'OTHER';
      this.#call(this.#listeners, { request, method, route: routePattern(request), status, durationMs });
    });
    next();
  };

  #call<T>(listeners: ReadonlySet<(about: T) => void>, about: T): void {
    for (const listener of listeners) {
      try {
        listener(about);
      } catch (error) {
        this.#logger.error(`A listener to requests failed: ${String(error)}`);
      }
    }
  }
}
