import type { Clock } from 'penstock/kernel';

/** What bounds a piece of work. */
export interface TimeBounds {
  readonly clock: Clock;
  /** After this it is told to stop, in milliseconds. */
  readonly timeoutMs: number;
  /** What it is given to stop, in milliseconds. */
  readonly graceMs: number;
  /** Tells it to stop, too, as if its time were up. */
  readonly abandon: AbortSignal;
}

/** How it ended. */
export type TimedEnd<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'thrown'; readonly error: unknown }
  /** Its time was up; `stopped` says whether it has ended. */
  | { readonly kind: 'overdue'; readonly stopped: boolean };

/** Runs `work` with a signal of its time. What it still brings within the grace counts. */
export async function withinTime<T>(
  { clock, timeoutMs, graceMs, abandon }: TimeBounds,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<TimedEnd<T>> {
  const time = new AbortController();
  const abort = (): void => {
    time.abort();
  };
  abandon.addEventListener('abort', abort, { once: true });
  const timer = clock.setTimer(abort, timeoutMs);
  let giveUp = (): void => undefined;
  const givenUp = new Promise<TimedEnd<T>>((resolve) => {
    giveUp = () => {
      resolve({ kind: 'overdue', stopped: false });
    };
  });
  const patience = clock.setTimer(giveUp, timeoutMs + graceMs);
  try {
    return await Promise.race([endOf(work, time.signal), givenUp]);
  } finally {
    timer.cancel();
    patience.cancel();
    abandon.removeEventListener('abort', abort);
  }
}

async function endOf<T>(
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<TimedEnd<T>> {
  try {
    return { kind: 'done', value: await work(signal) };
  } catch (error) {
    return signal.aborted ? { kind: 'overdue', stopped: true } : { kind: 'thrown', error };
  }
}
