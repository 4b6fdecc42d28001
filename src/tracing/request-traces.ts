import type { IncomingHttpHeaders } from 'node:http';

import { Inject, Injectable, Optional } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import { HttpExchanges, type HttpExchange } from 'penstock/metrics';

import { contextOf, type RequestContext } from '../requests/request-context.js';
import { SpanRecorder } from './span-recorder.js';
import {
  formatTraceparent,
  generationSpanOf,
  parseTraceparent,
  type SpanReference,
} from './span-reference.js';

const NEVER_TRACED = /^\/(health|metrics|docs|openapi)\b/;
const HAND_OVER = /\/(content|assets)\b/;

/** A request that is recorded. */
interface TracedRequest {
  readonly span: SpanReference;
  readonly parent: SpanReference | null;
}

/**
 * Records every request, below the span that its `traceparent` names. What it asks for goes on in its trace; where it
 * hands over a file, the trace of the generation shows that, too.
 */
@Injectable()
export class RequestTraces {
  readonly #requests = new WeakMap<object, TracedRequest>();

  constructor(
    exchanges: HttpExchanges,
    private readonly clock: Clock,
    @Optional() @Inject(SpanRecorder) spans: SpanRecorder | null,
  ) {
    if (spans === null) return;
    exchanges.onBegin((request) => {
      this.#begin(request, spans);
    });
    exchanges.onEnd((exchange) => {
      this.#end(exchange, spans);
    });
  }

  #begin(request: object, spans: SpanRecorder): void {
    const context = contextOf(request);
    if (context === undefined) return;
    const { headers } = request as { readonly headers: IncomingHttpHeaders };
    const parent = parseTraceparent(headers['traceparent']);
    const span = spans.begin(parent);
    if (!span.sampled) return;
    this.#requests.set(request, { span, parent });
    context.traceparent = formatTraceparent(span);
  }

  #end(exchange: HttpExchange, spans: SpanRecorder): void {
    const { request, method, route } = exchange;
    const traced = this.#requests.get(request);
    const context = contextOf(request);
    if (traced === undefined || context === undefined || NEVER_TRACED.test(route)) return;
    const generation = generationOf(context);
    const answer = this.#answer(exchange, context);
    const attributes = { ...answer.attributes, 'http.request.method': method, 'http.route': route };
    const links = generation === null || generation.traceId === traced.span.traceId ? [] : [generation];
    spans.record({ name: `${method} ${route}`, kind: 'server', ...traced, ...answer, attributes, links });
    if (generation === null || !HAND_OVER.test(route) || method !== 'GET') return;
    spans.record({
      name: 'hand-over',
      kind: 'internal',
      span: spans.begin(generation),
      parent: generation,
      ...answer,
      links: [traced.span],
    });
  }

  #answer({ status, durationMs }: HttpExchange, context: RequestContext) {
    return {
      startedAt: this.clock.now() - durationMs,
      durationMs,
      attributes: { ...attributesOf(context), 'http.response.status_code': status },
      error: status >= 500 ? (context.errorCode ?? String(status)) : null,
    };
  }
}

function generationOf({ generationId: id, generationTraceparent: traceparent }: RequestContext) {
  return id === null ? null : generationSpanOf({ id, traceparent });
}

function attributesOf({ id, generationId, tokenId }: RequestContext): Record<string, string> {
  return {
    'penstock.request': id,
    ...(generationId === null ? {} : { 'penstock.generation': generationId }),
    ...(tokenId === null ? {} : { 'penstock.token': tokenId }),
  };
}
