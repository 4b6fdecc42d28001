import { AsyncResource } from 'node:async_hooks';

import type { Wait, WaitObserver } from 'penstock/concurrency';
import type { Clock } from 'penstock/kernel';

/** A wait that begins. */
export interface ToldWait {
  readonly clock: Clock;
  readonly observer: WaitObserver;
  readonly resource: string;
  /** Who holds it, read when the wait ends. */
  readonly holder: () => string | undefined;
  /** Is given the milliseconds, besides the observer. */
  readonly note: (waitedMs: number) => void;
}

/** Ends a wait. Call it once. */
export type EndWait = (outcome: Wait['outcome']) => void;

/** Begins a wait. Whoever ends it: it is reported as the wait of the caller all the same. */
export function beginToldWait({ clock, observer, resource, holder, note }: ToldWait): EndWait {
  const startedAt = clock.monotonic();
  const caller = new AsyncResource('ConnectionWait');
  return (outcome) => {
    const waitedMs = clock.monotonic() - startedAt;
    note(waitedMs);
    caller.runInAsyncScope(() => {
      observer.waited({ resource, waitedMs, holder: holder(), outcome });
    });
  };
}
