import type { PollObservation, TrackRequest } from 'penstock/polling';

/** In milliseconds. */
export const MINUTE_MS = 60_000;

/** What `track` takes, for the one generation of a test. */
export const aTrack = (changes: Partial<TrackRequest> = {}): TrackRequest => ({
  id: 'g1',
  kind: 'video',
  tokenId: 't1',
  progress: 0,
  remainingMs: 25 * MINUTE_MS,
  ...changes,
});

/** The answer of an upstream that is not done. */
export const pending = (progress: number | null = 0, pollAfterMs: number | null = null): PollObservation => ({
  outcome: 'pending',
  progress,
  pollAfterMs,
});

/** Never answers, whatever its signal says. */
export const hang = (): Promise<PollObservation> => new Promise(() => undefined);

/** Rejects once its signal aborts, as a fetch does. */
export const untilAborted = (_id: string, signal: AbortSignal): Promise<PollObservation> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
