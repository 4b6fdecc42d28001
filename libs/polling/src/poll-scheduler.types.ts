import type { WaitObserver } from 'penstock/concurrency';
import type { Clock, Random } from 'penstock/kernel';

import type { PollDeadlines, PollSettings } from './polling.options.js';
import type { PollJournal } from './ports/poll-journal.js';
import type { PollQueue } from './ports/poll-queue.js';
import type { PollTarget } from './ports/poll-target.js';
import type { PollingStrategy } from './ports/polling-strategy.js';

/** What a `PollScheduler` is made of. */
export interface PollSchedulerParts {
  readonly clock: Clock;
  readonly random: Random;
  /** Looked up for each call, so that the target's module may depend on the scheduler. */
  readonly target: () => PollTarget;
  /** Looked up for each decision, so that another one can take over. */
  readonly strategy: () => PollingStrategy;
  /** Used by this scheduler alone. */
  readonly queue: PollQueue;
  readonly settings: PollSettings;
  readonly deadlines: PollDeadlines;
  /** Told of waits for a slot, as `polling.slots`. @defaultValue an observer that drops them */
  readonly observer?: WaitObserver;
  /** Told of every poll whose answer was wanted. @defaultValue nobody is told */
  readonly journal?: PollJournal;
}

/** The scheduler at one moment. */
export interface PollSchedulerStats {
  /** Ids that have neither ended nor expired. */
  readonly tracked: number;
  /** Slots in use. */
  readonly active: number;
  /** Ids that wait for the time of their next poll. */
  readonly waiting: number;
  /** Ids whose poll is due and that wait for a slot. */
  readonly due: number;
  /** Polls that ignored their abort past the grace period. Above 0 points at a fault of the target. */
  readonly abandoned: number;
  /** How long something has been due that was not done, in milliseconds: the heartbeat. More than moments: it is stuck. */
  readonly overdueMs: number;
  /** How many times longer pauses are than the strategy wants, because polls began late, at the origin with the longest: 1 to 8. */
  readonly stretch: number;
}
