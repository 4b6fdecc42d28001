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

  /** Resolves after `delayMs`, or at once when one of `signals` aborts; it never rejects, and listens no longer then. */
  sleep(delayMs: number, ...signals: readonly (AbortSignal | undefined)[]): Promise<void> {
    return new Promise((resolve) => {
      if (signals.some((signal) => signal?.aborted)) {
        resolve();
        return;
      }
      const finish = (): void => {
        timer.cancel();
        for (const signal of signals) signal?.removeEventListener('abort', finish);
        resolve();
      };
      const timer = this.setTimer(finish, delayMs, { keepAlive: true });
      for (const signal of signals) signal?.addEventListener('abort', finish, { once: true });
    });
  }
}
