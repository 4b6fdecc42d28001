/** A pending call of {@link Clock.setTimer}. */
export interface Timer {
  /** Forgets the call. Does nothing when it already ran or was cancelled. */
  cancel(): void;
}

/** Time, as a dependency. Inject it instead of reading the system's clocks. */
export abstract class Clock {
  /** Wall-clock time in milliseconds since 1970. It may jump; never subtract two readings to get a duration. */
  abstract now(): number;

  /** Milliseconds on a clock that never goes back, from an arbitrary origin. For durations and deadlines. */
  abstract monotonic(): number;

  /**
   * Calls `callback` once, `delayMs` from now (a negative delay counts as 0; any length is allowed).
   * A pending timer keeps the process alive only with `keepAlive: true`.
   */
  abstract setTimer(callback: () => void, delayMs: number, options?: { readonly keepAlive?: boolean }): Timer;

  /** Resolves after `delayMs`, or at once when `signal` aborts; it never rejects. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const finish = (): void => {
        timer.cancel();
        signal?.removeEventListener('abort', finish);
        resolve();
      };
      const timer = this.setTimer(finish, delayMs, { keepAlive: true });
      signal?.addEventListener('abort', finish, { once: true });
    });
  }
}
