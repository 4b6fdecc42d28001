import { monitorEventLoopDelay } from 'node:perf_hooks';

/** A load of callers that each wait for an answer before they ask again, for a time. */
export interface CallerLoad {
  readonly callers: number;
  readonly forMs: number;
  readonly call: (index: number) => Promise<unknown>;
  /** Runs beside them, about this often a second. */
  readonly beside?: { readonly perSecond: number; readonly work: (index: number) => Promise<unknown> };
}

/** What a load was answered. Times are in milliseconds. */
export interface CallerResult {
  readonly latencies: readonly number[];
  readonly perSecond: number;
  readonly failed: number;
  /** The 99th percentile of how late the event loop was; the whole time if it never came round. */
  readonly loopDelay: number;
}

/**
 * As requests from a network come, each call starts in a turn of the event loop of its own, and its time counts from when
 * it could have started: what a busy event loop makes callers wait is part of it.
 */
export async function runCallers({ callers, forMs, call, beside }: CallerLoad): Promise<CallerResult> {
  const latencies: number[] = [];
  let failed = 0;
  let next = 0;
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  const startedAt = performance.now();
  const isOver = (): boolean => performance.now() - startedAt >= forMs;
  const caller = async (): Promise<void> => {
    while (!isOver()) {
      const askedAt = performance.now();
      await new Promise(setImmediate);
      try {
        await call(next++);
        latencies.push(performance.now() - askedAt);
      } catch {
        failed += 1;
      }
    }
  };
  const other = async (): Promise<void> => {
    if (beside === undefined) return;
    for (let index = 0; !isOver(); index += 1) {
      await beside.work(index).catch(() => (failed += 1));
      const dueAt = startedAt + ((index + 1) * 1_000) / beside.perSecond;
      await new Promise((resolve) => setTimeout(resolve, Math.max(1, dueAt - performance.now())));
    }
  };
  await Promise.all([other(), ...Array.from({ length: callers }, caller)]);
  const seconds = (performance.now() - startedAt) / 1_000;
  loop.disable();
  return {
    latencies,
    perSecond: latencies.length / seconds,
    failed,
    loopDelay: lateness(loop.percentile(99)),
  };
}

/** The histogram holds the time from one turn to the next, of which the 1 ms between them is no delay. */
const lateness = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - 1);
