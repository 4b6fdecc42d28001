import type { Clock } from 'penstock/kernel';

const PIECES_PER_SECOND = 10;

/** How fast bytes go out. */
export interface Pace {
  readonly bytesPerSecond: number;
  readonly clock: Clock;
  /** Aborts when nobody listens any more; the rest is then left out. */
  readonly signal: AbortSignal;
}

/** The bytes of `chunks`, at most `bytesPerSecond` of them a second. */
export async function* throttled(chunks: Iterable<Buffer>, pace: Pace): AsyncGenerator<Buffer> {
  const most = Math.ceil(pace.bytesPerSecond / PIECES_PER_SECOND);
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += most) {
      const piece = chunk.subarray(at, at + most);
      yield piece;
      await pace.clock.sleep((piece.length * 1000) / pace.bytesPerSecond, pace.signal);
      if (pace.signal.aborted) return;
    }
  }
}
