import type { Readable } from 'node:stream';

import type { Clock } from 'penstock/kernel';

/** How a body is watched. */
export interface FlowBounds {
  readonly clock: Clock;
  /** The longest time without a byte, in milliseconds. */
  readonly stalledAfterMs: number;
  readonly signal: AbortSignal;
}

/**
 * The pieces of a body. Time in which nobody asks for a piece does not count as a stall.
 *
 * @throws whatever the body fails with; an error when no byte comes for too long; the reason of the signal
 */
export async function* flowing(
  body: Readable,
  { clock, stalledAfterMs, signal }: FlowBounds,
): AsyncGenerator<Uint8Array> {
  const cut = (): void => {
    body.destroy(signal.reason instanceof Error ? signal.reason : new Error('The copy was stopped.'));
  };
  if (signal.aborted) cut();
  else signal.addEventListener('abort', cut, { once: true });
  const pieces = body.iterator({ destroyOnReturn: true }) as AsyncIterator<Uint8Array>;
  try {
    for (;;) {
      const stalled = clock.setTimer(() => {
        body.destroy(new Error(`no byte came for ${String(stalledAfterMs)} ms`));
      }, stalledAfterMs);
      const next = await pieces.next().finally(() => {
        stalled.cancel();
      });
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', cut);
    body.destroy();
  }
}
