/** One finished wait for a lock, a permit or a pooled resource. */
export interface Wait {
  /** What was waited for, such as `polling.slots`. A name from the code, so that labels stay bounded. */
  readonly resource: string;
  /** How long the caller waited, in milliseconds on the monotonic clock. */
  readonly waitedMs: number;
  /** What held the resource when the caller began to wait, where that is known. */
  readonly holder: string | undefined;
  /** `acquired`, or why the wait ended without the resource. */
  readonly outcome: 'acquired' | 'timeout' | 'aborted';
}

/**
 * Port: gets told of every wait, in the async context of the caller that waited, not of the one that ended the wait.
 * Implementations return at once and never throw.
 */
export abstract class WaitObserver {
  abstract waited(wait: Wait): void;
}

/** Drops what it is told. */
export class SilentWaitObserver extends WaitObserver {
  override waited(): void {
    // Nobody asked to be told.
  }
}
