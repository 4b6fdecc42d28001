import { Logger } from '@nestjs/common';
import type { Clock } from 'penstock/kernel';

import type { PollPlanner } from './poll-planner.js';
import type { PollTarget } from './ports/poll-target.js';
import { MemoryPollQueue } from './strategies/memory-poll-queue.js';
import type { TrackedPoll } from './tracked-poll.js';

/** What {@link PollExpiries} works with. */
export interface PollExpiriesOptions {
  readonly clock: Clock;
  readonly target: () => PollTarget;
  readonly planner: PollPlanner;
  /** Called when a call of `expire` has ended; when it failed, `remove` or a retry follows. */
  readonly onEnd: (poll: TrackedPoll, expired: boolean) => void;
}

/** The deadlines of all tracked ids, and the calls of `expire`. */
export class PollExpiries {
  readonly #logger = new Logger('Polling');
  /** When each id expires, or its failed `expire` is tried again. */
  readonly #alarms = new MemoryPollQueue();
  readonly #calls = new Set<Promise<void>>();

  constructor(private readonly options: PollExpiriesOptions) {}

  /** When the first deadline passes, on the monotonic clock; `Infinity` for never. */
  get nextAlarmAt(): number {
    return this.#alarms.peek()?.dueAt ?? Infinity;
  }

  schedule(poll: TrackedPoll): void {
    this.#alarms.schedule(poll.id, poll.deadlineAt);
  }

  /** Sets the next try after a failed one. */
  retry(poll: TrackedPoll): void {
    this.#alarms.schedule(poll.id, this.options.clock.monotonic() + this.options.planner.backOffMs(poll));
  }

  remove(id: string): void {
    this.#alarms.remove(id);
  }

  /** The id of a deadline that has passed, taken out; `undefined` when there is none. */
  popDue(now: number): string | undefined {
    return this.#alarms.popDue(now)?.id;
  }

  /** Calls `expire` of the target. */
  start(poll: TrackedPoll): void {
    const call = this.#call(poll).then((expired) => {
      this.#calls.delete(call);
      this.options.onEnd(poll, expired);
    });
    this.#calls.add(call);
  }

  /** Resolves when the calls that are under way now have ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#calls);
  }

  async #call(poll: TrackedPoll): Promise<boolean> {
    try {
      await this.options.target().expire(poll.id);
      return true;
    } catch (error) {
      this.#logger.error(`Expiring ${poll.id} failed and will be tried again: ${String(error)}`);
      return false;
    }
  }
}
