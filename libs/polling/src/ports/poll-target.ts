/** What one poll found. */
export type PollObservation =
  | {
      readonly outcome: 'pending';
      /** 0 to 100, or `null` where the upstream does not tell. */
      readonly progress: number | null;
      /** When the upstream wants to be asked again, in milliseconds from now, where it says. */
      readonly pollAfterMs: number | null;
    }
  | {
      readonly outcome: 'ended';
      /** How the upstream ended it. Left out where it ended for other reasons: then nothing is learned of it. */
      readonly end?: 'completed' | 'failed';
      /** When it ended, in wall-clock milliseconds since 1970, where the upstream says. Nonsense is ignored. */
      readonly endedAt?: number | null;
    }
  | {
      readonly outcome: 'error';
      /** How long the upstream forbids another call, in milliseconds from now, where it says. */
      readonly retryAfterMs: number | null;
    };

/** Port, implemented by the application: what a poll does. */
export abstract class PollTarget {
  /**
   * Asks the upstream once and records what it said. Never called twice at once for one id. `signal` aborts when
   * the poll takes too long, or when its answer is no longer wanted; a poll should then end soon.
   * May throw: that counts as an `error` without `retryAfterMs`.
   */
  abstract poll(id: string, signal: AbortSignal): Promise<PollObservation>;

  /**
   * The deadline passed without an end. Once this resolves, the scheduler has forgotten the id; when it rejects, it is
   * called again after a back-off. A poll that was under way has been aborted, but may not have ended yet.
   * The upstream may have finished meanwhile, as after the machine was suspended: who cares asks once more here.
   */
  abstract expire(id: string): Promise<void>;
}
