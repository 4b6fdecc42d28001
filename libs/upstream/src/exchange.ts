import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

import type { Clock, Timer } from 'penstock/kernel';
import type { Dispatcher } from 'undici';

import { AnswerBody } from './answer-body.js';
import { transportFailure } from './transport-failure.js';
import { UpstreamError, type Sent, type UpstreamErrorCode } from './upstream.errors.js';

/** Bounds of one exchange. */
export interface ExchangeLimits {
  readonly clock: Clock;
  /** Longest wait for a connection, and again for the headers once all was sent, in milliseconds. */
  readonly timeoutMs: number;
  /** Aborts the exchange, its body included. */
  readonly signal: AbortSignal | undefined;
  /** Names the request in messages. */
  readonly target: string;
}

/** The head of an answer, with its body. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Who destroys it before its end hears of no error. */
  readonly body: Readable;
}

/** Sends one request and resolves with the head of its answer. Repeats nothing; throws {@link UpstreamError}. */
export function exchange(
  connections: Dispatcher,
  request: Dispatcher.RequestOptions,
  limits: ExchangeLimits,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const handler = new Exchange(limits, resolve, reject);
    if (handler.isOver) return;
    connections.dispatch({ headersTimeout: limits.timeoutMs, ...request }, handler);
  });
}

/** One exchange, as undici tells of it; undici calls it for each piece of news, and first just before the first byte is written. */
class Exchange implements Dispatcher.DispatchHandler {
  #sent: Sent = 'no';
  #controller: Dispatcher.DispatchController | undefined;
  #body: AnswerBody | undefined;
  /** Why it ended without an answer. */
  #failure: UpstreamError | undefined;
  readonly #waiting: Timer;

  constructor(
    private readonly limits: ExchangeLimits,
    private readonly resolve: (answer: Answer) => void,
    private readonly reject: (error: UpstreamError) => void,
  ) {
    const { clock, timeoutMs, signal } = limits;
    this.#waiting = clock.setTimer(() => {
      this.#stop('no_connection', `had no connection within ${timeoutMs} ms`);
    }, timeoutMs);
    if (signal?.aborted === true) this.#abort();
    else signal?.addEventListener('abort', this.#abort, { once: true });
  }

  get isOver(): boolean {
    return this.#failure !== undefined;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Undici knows of no abort before there is a connection: it gives one to a request that is over, and takes it back here.
    if (this.#failure !== undefined) {
      controller.abort(this.#failure);
      return;
    }
    this.#controller = controller;
    this.#sent = 'maybe';
    this.#waiting.cancel();
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (status < 200) return;
    const body = new AnswerBody(controller);
    this.#body = body.once('close', this.#finish).on('error', () => undefined);
    this.resolve({ status, headers, body });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#body?.push(chunk) === false) controller.pause();
  }

  onResponseEnd(): void {
    this.#body?.push(null);
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#body !== undefined) this.#body.destroy(error);
    else this.#fail(transportFailure(error, this.#sent, this.limits.target));
  }

  readonly #abort = (): void => {
    this.#stop(
      'aborted',
      this.#sent === 'no' ? 'was aborted before it was sent' : 'was aborted after it was sent',
    );
  };

  #stop(code: UpstreamErrorCode, why: string): void {
    const { target, signal } = this.limits;
    const error = new UpstreamError(code, this.#sent, `${target} ${why}.`, { cause: signal?.reason });
    if (this.#body !== undefined) this.#body.destroy(error);
    else this.#fail(error);
    this.#controller?.abort(error);
  }

  #fail(error: UpstreamError): void {
    this.#failure ??= error;
    this.#finish();
    this.reject(error);
  }

  readonly #finish = (): void => {
    this.#waiting.cancel();
    this.limits.signal?.removeEventListener('abort', this.#abort);
  };
}
