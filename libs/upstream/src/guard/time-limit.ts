import type { Readable } from 'node:stream';

import type { Clock, Timer } from 'penstock/kernel';

import { UpstreamError } from '../upstream.errors.js';

/** Bounds a request in all, redirects and body included: by a time, and by the caller's signal. */
export class TimeLimit {
  readonly #stop = new AbortController();
  readonly #timer: Timer;
  #body: Readable | undefined;
  #target = '';
  #isOver = false;

  constructor(
    clock: Clock,
    private readonly timeoutMs: number,
    private readonly caller: AbortSignal | undefined,
  ) {
    this.#timer = clock.setTimer(() => {
      this.#isOver = true;
      this.#body?.destroy(this.#error('body_timeout', 'maybe'));
      this.#stop.abort();
    }, timeoutMs);
    if (caller?.aborted === true) this.#abort();
    else caller?.addEventListener('abort', this.#abort, { once: true });
  }

  /** Aborts when the time is up, or with the caller's signal. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** What is bounded from now on. */
  of(target: string, body?: Readable): void {
    this.#target = target;
    this.#body = body;
  }

  /** Ends the bound: nothing is aborted any more. */
  end(): void {
    this.#timer.cancel();
    this.caller?.removeEventListener('abort', this.#abort);
  }

  /** `error`, or that the time was up where that is why. */
  reasonOf(error: unknown): unknown {
    if (!this.#isOver || !(error instanceof UpstreamError)) return error;
    return this.#error(error.sent === 'no' ? 'no_connection' : 'headers_timeout', error.sent);
  }

  #error(
    code: 'no_connection' | 'headers_timeout' | 'body_timeout',
    sent: UpstreamError['sent'],
  ): UpstreamError {
    return new UpstreamError(code, sent, `${this.#target} took longer than ${this.timeoutMs} ms in all.`);
  }

  readonly #abort = (): void => {
    this.#stop.abort(this.caller?.reason);
  };
}
