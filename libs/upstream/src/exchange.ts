import type { Clock } from 'penstock/kernel';
import type { Dispatcher } from 'undici';

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

/** Sends one request and resolves with the head of its answer. Repeats nothing; throws {@link UpstreamError}. */
export function exchange(
  connections: Dispatcher,
  request: Dispatcher.RequestOptions,
  limits: ExchangeLimits,
): Promise<Dispatcher.ResponseData> {
  const { clock, signal, timeoutMs, target } = limits;
  return new Promise((resolve, reject) => {
    let sent: Sent = 'no';
    const transport = new AbortController();
    const stop = (code: UpstreamErrorCode, why: string): void => {
      const error = new UpstreamError(code, sent, `${target} ${why}.`, { cause: signal?.reason });
      transport.abort(error);
      // Undici answers an abort at once only when the request has a connection; otherwise it drops it when it gets one.
      reject(error);
    };
    const abort = (): void => {
      stop('aborted', sent === 'no' ? 'was aborted before it was sent' : 'was aborted after it was sent');
    };
    if (signal?.aborted === true) {
      abort();
      return;
    }
    const waiting = clock.setTimer(() => {
      stop('no_connection', `had no connection within ${timeoutMs} ms`);
    }, timeoutMs);
    const finish = (): void => {
      waiting.cancel();
      signal?.removeEventListener('abort', abort);
    };
    signal?.addEventListener('abort', abort, { once: true });
    watchStart(connections, () => {
      sent = 'maybe';
      waiting.cancel();
    })
      .request({ ...request, headersTimeout: timeoutMs, signal: transport.signal })
      .then(
        (data) => {
          // Who destroys a body before its end need not listen for the error that undici makes of that.
          data.body.once('close', finish).on('error', () => undefined);
          resolve(data);
        },
        (error: unknown) => {
          finish();
          reject(transportFailure(error, sent, target));
        },
      );
  });
}

/** Calls `onStart` just before the first byte of a request is written to a connection. */
function watchStart(connections: Dispatcher, onStart: () => void): Dispatcher {
  return connections.compose(
    (dispatch) => (options, handler) =>
      dispatch(options, {
        onRequestStart: (controller, context) => {
          onStart();
          handler.onRequestStart?.(controller, context);
        },
        onResponseStart: (controller, status, headers, message) =>
          handler.onResponseStart?.(controller, status, headers, message),
        onResponseData: (controller, chunk) => handler.onResponseData?.(controller, chunk),
        onResponseEnd: (controller, trailers) => handler.onResponseEnd?.(controller, trailers),
        onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
      }),
  );
}
