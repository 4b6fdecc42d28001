import { Inject, Injectable, Optional, type OnApplicationShutdown } from '@nestjs/common';
import { Clock, longLivedAbort } from 'penstock/kernel';
import { Operations } from 'penstock/metrics';

import { SpanRecorder, tracedCall, type SpanReference } from '../tracing/index.js';

/** A call that was aborted may take this long to end by itself and say what became of it. */
const ABORT_GRACE_MS = 1_000;

/** What bounds a call. */
export interface CallBounds {
  /** Named in the error, such as `submit`. */
  readonly operation: string;
  /** After this many milliseconds the call's signal aborts. @defaultValue no limit */
  readonly timeoutMs?: number;
  /** Aborts the call, and what it handed over. As short-lived as the call. */
  readonly signal?: AbortSignal;
  /** What the call is about: ids, for reports of slow calls. */
  readonly ids?: Readonly<Record<string, string>>;
  /** The spans that the call is a part of. @defaultValue none; the call is not recorded */
  readonly spans?: readonly SpanReference[];
}

/** Runs methods of plugins, which may hang, so that they end. */
@Injectable()
export class BoundedCalls implements OnApplicationShutdown {
  readonly #shutdown = longLivedAbort();

  /**
   * @param operations - times every call, as `upstream submit` and the like
   * @param recorder - records those that belong to a trace
   */
  constructor(
    private readonly clock: Clock,
    @Optional() private readonly operations?: Operations,
    @Optional() @Inject(SpanRecorder) private readonly recorder: SpanRecorder | null = null,
  ) {}

  /**
   * Runs `work` and hands on its result or error. Its signal is aborted when the time is up or the process ends; work
   * that ignores that for over a second is waited for no longer, and the reason of the abort is thrown.
   */
  run<T>(bounds: CallBounds, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const timed = (): Promise<T> => this.#timed(bounds, work);
    const { operation, ids = {}, spans: parents = [] } = bounds;
    if (this.recorder === null || parents.length === 0) return timed();
    return tracedCall(this.recorder, this.clock, { name: `upstream ${operation}`, parents, ids }, timed);
  }

  #timed<T>(bounds: CallBounds, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const bounded = (): Promise<T> => this.#run(bounds, work);
    if (this.operations === undefined) return bounded();
    const { operation, ids } = bounds;
    return this.operations.run({ name: `upstream ${operation}`, kind: 'upstream', ids }, bounded);
  }

  async #run<T>(bounds: CallBounds, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { operation, timeoutMs, signal: caller } = bounds;
    const call = new AbortController();
    const unlink = link(this.#shutdown.signal, call);
    // It stays linked: a download flows on after its call, until its reader goes.
    if (caller !== undefined) link(caller, call);
    const timer =
      timeoutMs === undefined
        ? undefined
        : this.clock.setTimer(() => {
            call.abort(new Error(`${operation} took over ${timeoutMs} ms`));
          }, timeoutMs);
    const over = new AbortController();
    try {
      return await Promise.race([work(call.signal), this.#deserted(call.signal, over.signal)]);
    } finally {
      timer?.cancel();
      unlink();
      over.abort();
    }
  }

  /** Rejects once the call was aborted and had its time to end. */
  async #deserted(signal: AbortSignal, over: AbortSignal): Promise<never> {
    await firstAbort(signal, over);
    await this.clock.sleep(ABORT_GRACE_MS, over);
    throw signal.reason;
  }

  onApplicationShutdown(): void {
    this.#shutdown.abort(new Error('The process ends.'));
  }
}

/** Aborts `target` with `source`, until the returned function is called. Nothing stays in a `source` that lives long. */
function link(source: AbortSignal, target: AbortController): () => void {
  const abort = (): void => {
    target.abort(source.reason);
  };
  if (source.aborted) abort();
  else source.addEventListener('abort', abort, { once: true });
  return () => {
    source.removeEventListener('abort', abort);
  };
}

function firstAbort(...signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      resolve();
    };
    for (const signal of signals) {
      if (signal.aborted) finish();
      else signal.addEventListener('abort', finish, { once: true });
    }
  });
}
