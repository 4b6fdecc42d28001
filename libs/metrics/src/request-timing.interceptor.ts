import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { SSE_METADATA } from '@nestjs/common/constants.js';
import { Reflector } from '@nestjs/core';
import { Observable, tap } from 'rxjs';

import { AppMetrics } from './app-metrics.js';
import { type HttpRequest, routePattern } from './http-exchange.js';
import type { Operation } from './operations/operation.js';
import { Operations } from './operations/operations.js';
import { SlowLimits } from './operations/slow-limits.js';
import { SlowAfter } from './slow-after.decorator.js';

/**
 * Times the handler of every request, as an operation named `GET /v1/videos/:id`, until it gives its first result, fails, or
 * ends without one: sending a large file, or a stream of events, is not slow in that sense. Those over `slowOperationMs`
 * (or what `SlowAfter` says) are counted, and reported unless a part of them is the culprit.
 */
@Injectable()
export class RequestTimingInterceptor implements NestInterceptor {
  readonly #slowRequests;
  readonly #reflector = new Reflector();

  constructor(
    metrics: AppMetrics,
    private readonly operations: Operations,
    private readonly limits: SlowLimits,
  ) {
    this.#slowRequests = metrics.counter({
      name: 'penstock_http_slow_requests_total',
      help: 'Requests whose handler took longer than the limit for warnings.',
      labelNames: ['method', 'route'],
    });
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http' || isEventStream(context)) return next.handle();
    const request = context.switchToHttp().getRequest<HttpRequest>();
    const labels = { method: request.method, route: routePattern(request) };
    const operation = this.operations.begin({
      name: `${labels.method} ${labels.route}`,
      kind: 'request',
      slowAfterMs: this.#slowAfterMs(context),
      ids: typeof request.id === 'string' ? { request: request.id } : {},
    });
    const end = (outcome: 'ok' | 'error'): void => {
      const tookMs = this.operations.end(operation, outcome);
      if (tookMs > this.limits.ofOperation(operation.description)) this.#slowRequests.inc(labels);
    };
    return this.#inside(operation, () =>
      next.handle().pipe(
        tap({
          next: () => {
            end('ok');
          },
          error: () => {
            end('error');
          },
          finalize: () => {
            end('ok');
          },
        }),
      ),
    );
  }

  /** Both the making of the handler's result and all that it does belong to the operation. */
  #inside(operation: Operation, result: () => Observable<unknown>): Observable<unknown> {
    return new Observable((subscriber) =>
      this.operations.within(operation, () => result().subscribe(subscriber)),
    );
  }

  #slowAfterMs(context: ExecutionContext): number | undefined {
    const targets = [context.getHandler(), context.getClass()];
    return this.#reflector.getAllAndOverride(SlowAfter, targets);
  }
}

function isEventStream(context: ExecutionContext): boolean {
  return Reflect.getMetadata(SSE_METADATA, context.getHandler()) === true;
}
