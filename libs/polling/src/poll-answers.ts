import type { Clock } from 'penstock/kernel';

import type { PollCall, PollCallEnd } from './poll-call.js';
import { endOf } from './poll-end.js';
import type { PollLine } from './poll-line.js';
import type { PendingAnswer, PollPlanner } from './poll-planner.js';
import { reportOf } from './poll-report.js';
import type { PollSlots } from './poll-slots.js';
import type { PollJournal } from './ports/poll-journal.js';
import type { PollObservation } from './ports/poll-target.js';
import type { PollEnd } from './ports/polling-strategy.js';
import type { TrackedPoll } from './tracked-poll.js';

/** What {@link PollAnswers} works with. */
export interface PollAnswersOptions {
  readonly clock: Clock;
  readonly slots: PollSlots;
  readonly line: PollLine;
  readonly planner: PollPlanner;
  /** Told of each answer that is wanted. */
  readonly journal?: PollJournal;
  /** Whether this very tracking goes on. */
  readonly isTracked: (poll: TrackedPoll) => boolean;
  readonly onEnd: (poll: TrackedPoll, end: PollEnd) => void;
}

/** Makes of what a call found when each of its ids is polled next. */
export class PollAnswers {
  constructor(private readonly options: PollAnswersOptions) {}

  take(call: PollCall, end: PollCallEnd, now: number): void {
    this.#hold(call, end, now);
    const listed = call.polls.length > 1;
    if (listed) this.#judgeList(call, end, now);
    const pending: [TrackedPoll, PendingAnswer][] = [];
    for (const poll of call.polls.filter(this.options.isTracked)) {
      const observation = end.observations.get(poll.id);
      this.options.journal?.add(reportOf(poll, observation, this.options.clock));
      if (observation?.outcome === 'pending') pending.push([poll, observation]);
      else this.#take(poll, observation, now);
      if (listed && observation !== undefined && !end.listFailed) poll.found();
    }
    this.options.planner.afterPending(pending);
    for (const [poll] of pending) this.options.line.schedule(poll);
  }

  /** A Retry-After of the token holds back all of its polls. */
  #hold({ lane }: PollCall, { observations }: PollCallEnd, now: number): void {
    for (const observation of observations.values()) {
      if (observation.outcome !== 'error' || observation.ofToken !== true) continue;
      const { retryAfterMs } = observation;
      if (retryAfterMs !== null && Number.isFinite(retryAfterMs) && retryAfterMs > 0) {
        this.options.slots.pause(lane, now + retryAfterMs, now);
      }
    }
  }

  /** A list is worth it while it takes fewer requests than the polls that it spares. */
  #judgeList(
    { polls, lane }: PollCall,
    { listFailed, requests, observations }: PollCallEnd,
    now: number,
  ): void {
    const found = polls.filter(({ id }) => observations.has(id)).length;
    const { lists } = this.options.line;
    if (listFailed || requests >= found) lists.failed(lane.tokenId, now);
    else lists.succeeded(lane.tokenId);
  }

  #take(
    poll: TrackedPoll,
    observation: Exclude<PollObservation, { outcome: 'pending' }> | undefined,
    now: number,
  ): void {
    if (observation?.outcome === 'ended') {
      this.options.onEnd(poll, endOf(poll, observation, this.options.clock));
      return;
    }
    if (observation === undefined) {
      poll.leftOut();
      poll.dueFor(Math.max(now, poll.notBefore), 'left_out');
    } else {
      this.options.planner.afterError(poll, observation);
    }
    this.options.line.schedule(poll);
  }
}
