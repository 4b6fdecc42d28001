import { Inject, Injectable, Optional, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import { Operations } from 'penstock/metrics';

import { SpanRecorder, tracedCall, type SpanReference } from '../tracing/index.js';
import { BoundedCall } from './bounded-call.js';
import { CallsUnderWay } from './calls-under-way.js';

/** What bounds a call. */
export interface CallBounds {
  /** Named in the error, such as `submit`. */
  readonly operation: string;
  /** After this many milliseconds the call's signal aborts. @defaultValue no limit */
  readonly timeoutMs?: number | undefined;
  /** Aborts the call, and what it handed over. As short-lived as the call. */
  readonly signal?: AbortSignal | undefined;
  /** What the call is about: ids, for reports of slow calls. */
  readonly ids?: Readonly<Record<string, string>>;
  /** The spans that the call is a part of. @defaultValue none; the call is not recorded */
  readonly spans?: readonly SpanReference[] | undefined;
}

/** Runs methods of plugins, which may hang, so that they end. */
@Injectable()
export class BoundedCalls implements OnApplicationShutdown {
  readonly #underWay = new CallsUnderWay();
  /** Why everything is aborted, once the process ends. */
  #shutdown: Error | undefined;

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

  async #run<T>(
    { operation, timeoutMs, signal: caller }: CallBounds,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const call = new BoundedCall(this.clock);
    this.#underWay.add(call);
    if (this.#shutdown !== undefined) call.abort(this.#shutdown);
    // It stays linked: a download flows on after its call, until its reader goes.
    if (caller !== undefined) link(caller, call);
    if (timeoutMs !== undefined)
      call.limit(timeoutMs, () => new Error(`${operation} took over ${timeoutMs} ms`));
    try {
      return await call.outcome(work);
    } finally {
      this.#underWay.remove(call);
      call.over();
    }
  }

  onApplicationShutdown(): void {
    this.#shutdown = new Error('The process ends.');
    this.#underWay.abort(this.#shutdown);
  }
}

function link(source: AbortSignal, call: BoundedCall): void {
  const abort = (): void => {
    call.abort(source.reason);
  };
  if (source.aborted) abort();
  else source.addEventListener('abort', abort, { once: true });
}
