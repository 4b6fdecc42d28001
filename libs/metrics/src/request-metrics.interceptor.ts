import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  Logger,
  type NestInterceptor,
  Optional,
} from '@nestjs/common';
import { SSE_METADATA } from '@nestjs/common/constants.js';
import { Reflector } from '@nestjs/core';
import { Clock, SystemClock } from 'penstock/kernel';
import { type Observable, tap } from 'rxjs';

import { AppMetrics } from './app-metrics.js';
import { type HttpReply, type HttpRequest, onResponseEnd, routePattern } from './http-exchange.js';
import { MetricsSettings } from './metrics.settings.js';
import { SlowAfter } from './slow-after.decorator.js';

const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/**
 * Measures every request that reaches a handler, from there to the end of its response, by route pattern. A client that
 * went away before the answer began counts as status 499. Separately, a handler that takes longer than `slowRequestMs`
 * (or what `SlowAfter` says) to give its result is warned about and counted; sending a large file, or a stream of events,
 * is not slow in that sense.
 * Requests that no route matches, or that a guard refuses, never reach an interceptor.
 */
@Injectable()
export class RequestMetricsInterceptor implements NestInterceptor {
  readonly #logger = new Logger('Requests');
  readonly #durations;
  readonly #slowRequests;
  readonly #reflector = new Reflector();
  readonly #slowRequestMs: number;

  constructor(
    metrics: AppMetrics,
    settings: MetricsSettings,
    @Optional() private readonly clock: Clock = new SystemClock(),
  ) {
    this.#slowRequestMs = settings.values.slowRequestMs;
    this.#durations = metrics.histogram({
      name: 'penstock_http_request_duration_seconds',
      help: 'Time from the handler of a request to the end of its response.',
      labelNames: ['method', 'route', 'status'],
      buckets: BUCKETS_SECONDS,
    });
    this.#slowRequests = metrics.counter({
      name: 'penstock_http_slow_requests_total',
      help: 'Requests whose handler took longer than the limit for warnings.',
      labelNames: ['method', 'route'],
    });
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const http = context.switchToHttp();
    const request = http.getRequest<HttpRequest>();
    const labels = { method: request.method, route: routePattern(request) };
    const startedAt = this.clock.monotonic();
    onResponseEnd(http.getResponse<HttpReply>(), (status) => {
      this.#durations.observe({ ...labels, status }, (this.clock.monotonic() - startedAt) / 1_000);
    });
    if (isEventStream(context)) return next.handle();
    const slow = { ...labels, afterMs: this.#slowAfterMs(context) };
    return this.#watch(next.handle(), slow, startedAt);
  }

  /** Looks at the time when the handler gives its first result, fails, or ends without one. */
  #watch(
    result: Observable<unknown>,
    { afterMs, ...labels }: { readonly method: string; readonly route: string; readonly afterMs: number },
    startedAt: number,
  ): Observable<unknown> {
    let done = false;
    const handled = (): void => {
      if (done) return;
      done = true;
      const tookMs = this.clock.monotonic() - startedAt;
      if (tookMs > afterMs) this.#reportSlow(labels, tookMs);
    };
    return result.pipe(tap({ next: handled, error: handled, complete: handled }));
  }

  #slowAfterMs(context: ExecutionContext): number {
    const targets = [context.getHandler(), context.getClass()];
    // Nest's type leaves out that a handler without the decorator has no value.
    const afterMs = this.#reflector.getAllAndOverride(SlowAfter, targets) as number | undefined;
    return afterMs ?? this.#slowRequestMs;
  }

  #reportSlow(labels: { readonly method: string; readonly route: string }, tookMs: number): void {
    this.#slowRequests.inc(labels);
    this.#logger.warn(`${labels.method} ${labels.route} took ${tookMs.toFixed(0)} ms.`);
  }
}

function isEventStream(context: ExecutionContext): boolean {
  return Reflect.getMetadata(SSE_METADATA, context.getHandler()) === true;
}
