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
      /** Whether `retryAfterMs` holds for every poll of the token. @defaultValue false */
      readonly ofToken?: boolean;
    };

/** One id that a call asks about. */
export interface PollRequest {
  readonly id: string;
  /** Whether the answer for this id is wanted, now. */
  readonly wanted: boolean;
  /** Aborts when it is no longer wanted. It is made when it is asked for: to look at `wanted` costs less. */
  readonly signal: AbortSignal;
}

/** What one call found that asked about many ids. */
export type PollListing =
  | {
      readonly outcome: 'listed';
      /** By id. What is left out is polled by itself next. */
      readonly observations: ReadonlyMap<string, PollObservation>;
      /** Requests that it took: at least 1. */
      readonly requests: number;
    }
  | Extract<PollObservation, { outcome: 'error' }>;

/** Port, implemented by the application: what a poll does. */
export abstract class PollTarget {
  /**
   * Asks the upstream once and records what it said. Never called twice at once for one id. The answer is no longer wanted when
   * the poll takes too long, too; it should then end soon. May throw: that counts as an `error` without `retryAfterMs`.
   */
  abstract poll(request: PollRequest): Promise<PollObservation>;

  /**
   * Asks with one call about many ids of one token, and records what it said. Only called for ids that were tracked with
   * `listed`, and never while one of them is polled. `signal` aborts when none of them is wanted. May throw: that
   * counts as an `error`. After an error the ids are polled by themselves for a while.
   */
  pollMany?(polls: readonly PollRequest[], signal: AbortSignal): Promise<PollListing>;

  /**
   * The deadline passed without an end. Once this resolves, the scheduler has forgotten the id; when it rejects, it is
   * called again after a back-off. A poll that was under way has been aborted, but may not have ended yet.
   * The upstream may have finished meanwhile, as after the machine was suspended: who cares asks once more here.
   */
  abstract expire(id: string): Promise<void>;
}
