/**
 * Why a poll was planned for its time: `first` as the application asked when tracking began, `plan` by the strategy,
 * `upstream_wish` by a `pollAfterMs` above that, `back_off` and `retry_after` after an error, `left_out` of a list,
 * `wake` since something asked for it, `callback` since the upstream called back, `list` along with another one of its token,
 * `safety_net` later than by the strategy, since callbacks are expected.
 */
export type PollReason =
  | 'first'
  | 'plan'
  | 'safety_net'
  | 'upstream_wish'
  | 'back_off'
  | 'retry_after'
  | 'left_out'
  | 'wake'
  | 'callback'
  | 'list';

/** What a due poll waited for: requests a minute, a Retry-After of its token, or one of the calls at once. */
export type PollHold = 'budget' | 'retry_after' | 'slots';

/** One poll of one id, after its answer. Times are wall-clock milliseconds since 1970. */
export interface PollReport {
  readonly id: string;
  /** When it was due. It may have begun sooner, along with a list. */
  readonly plannedAt: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly reason: PollReason;
  /** What it waited for once it was due; `null` when it did not wait. */
  readonly heldBy: PollHold | null;
  /** `ended` where it ended for reasons of the application; `left_out` where a list did not show it. */
  readonly outcome: 'pending' | 'completed' | 'failed' | 'ended' | 'error' | 'left_out';
  /** What a `pending` answer said: 0 to 100; `null` where nothing was said. */
  readonly progress: number | null;
}

/** What a {@link PollJournal} knows of one id. */
export interface PollRecord {
  /** Polls that were reported, the forgotten ones included. */
  readonly total: number;
  /** The last ones, oldest first. */
  readonly polls: readonly PollReport[];
}

/** Port: what became of each poll, for people. Bounded in size; what is lost changes no poll. */
export abstract class PollJournal {
  /** Takes in a poll. Must not throw. */
  abstract add(report: PollReport): void;

  /** What is known of an id; `undefined` for one that was not polled, or long ago. */
  abstract of(id: string): PollRecord | undefined;
}
