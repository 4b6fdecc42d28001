import { Logger } from '@nestjs/common';
import type { Clock, Random } from 'penstock/kernel';

import { backOffMs } from './back-off.js';
import { PollCalendar } from './poll-calendar.js';
import type { PollNet } from './poll-net.js';
import type { PollPaces } from './poll-paces.js';
import type { PollSettings } from './polling.options.js';
import type { PollObservation } from './ports/poll-target.js';
import type { PollEnd, PollHistory, PollingStrategy } from './ports/polling-strategy.js';
import type { TrackedPoll } from './tracked-poll.js';

/** What {@link PollPlanner} works with. */
export interface PollPlannerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly strategy: () => PollingStrategy;
  readonly settings: () => PollSettings;
  readonly net: PollNet;
  readonly paces: PollPaces;
  /** How many ids are tracked. */
  readonly tracked: () => number;
}

/** An answer of what is not done. */
export type PendingAnswer = Extract<PollObservation, { outcome: 'pending' }>;
type ErrorAnswer = Extract<PollObservation, { outcome: 'error' }>;

interface PlanOptions {
  /** The strategy's delay at the pace of its origin, in milliseconds. */
  readonly planMs: number;
  /** The upstream's wish, in milliseconds; 0 for none. */
  readonly wishMs: number;
  readonly now: number;
  /** Whether it is asked about together with others, at a time of theirs. */
  readonly isShared: boolean;
}

/** Used when the strategy throws or gives no usable number. */
const FALLBACK_DELAY_MS = 10_000;

/** So many answers of lists a second are enough: where more is tracked, the pauses between lists grow. */
const LISTED_PER_SECOND = 5_000;
/** They grow up to this, in milliseconds. */
const LONGEST_LIST_PAUSE_MS = 10_000;

/** Turns answers into the time of the next poll. */
export class PollPlanner {
  readonly #logger = new Logger('Polling');
  readonly #calendar = new PollCalendar();

  constructor(private readonly options: PollPlannerOptions) {}

  /** When tracking begins: the strategy's delay, or the one that was asked for. */
  atFirst(poll: TrackedPoll, firstDelayMs: number | undefined): void {
    const now = this.options.clock.monotonic();
    const planMs = this.#planMs(poll, this.#askStrategy(this.#observed(poll, now)));
    if (firstDelayMs === undefined) this.#plan(poll, { planMs, wishMs: 0, now, isShared: false });
    else poll.dueFor(now + firstDelayMs, 'first');
  }

  /**
   * After `pending` answers of one call: the upstream's wish lengthens the strategy's delay, up to a maximum. What was
   * answered together is asked about together again, when the strategy has a time for that.
   */
  afterPending(answers: readonly (readonly [TrackedPoll, PendingAnswer])[]): void {
    const now = this.options.clock.monotonic();
    const histories = answers.map(([poll, { progress }]) => {
      poll.answered(progress, now);
      return this.#observed(poll, now);
    });
    const sharedMs = answers.length > 1 ? this.#sharedDelayMs(histories) : undefined;
    for (const [index, [poll, { pollAfterMs }]] of answers.entries()) {
      const wishMs = Math.min(usable(pollAfterMs), this.options.settings().maxPollAfterMs);
      const planMs = this.#planMs(poll, sharedMs ?? this.#askStrategy(histories[index] ?? poll.history(now)));
      if (poll.wakeAgain === null)
        this.#plan(poll, { planMs, wishMs, now, isShared: sharedMs !== undefined });
      else poll.dueFor(now, poll.wakeAgain);
      poll.wakeAgain = null;
    }
  }

  /** The strategy's time, put off where a callback is expected, or the upstream's wish where that is later. */
  #plan(poll: TrackedPoll, { planMs, wishMs, now, isShared }: PlanOptions): void {
    const { net, settings } = this.options;
    const netMs = net.delayMs(poll, planMs, { now, longestMs: settings().longestNetMs });
    const isPlan = netMs <= planMs && wishMs <= planMs;
    if (isPlan && !isShared) {
      const pauseMs = Math.max(this.#calendar.pauseMs(planMs, now), wishMs, settings().minDelayMs);
      poll.dueIn(pauseMs, pauseMs, now);
    } else poll.dueIn(Math.max(netMs, wishMs), Math.max(planMs, wishMs), now);
    poll.reason = isPlan ? 'plan' : wishMs > netMs ? 'upstream_wish' : 'safety_net';
  }

  /** After an error: back-off, or the upstream's Retry-After where that is longer. */
  afterError(poll: TrackedPoll, { retryAfterMs }: ErrorAnswer): void {
    const now = this.options.clock.monotonic();
    poll.notBefore = now + usable(retryAfterMs);
    const dueAt = Math.max(now + this.backOffMs(poll), poll.notBefore);
    poll.dueFor(dueAt, dueAt === poll.notBefore ? 'retry_after' : 'back_off');
    poll.wakeAgain = null;
  }

  /** Counts one more error in a row and says how long to back off. */
  backOffMs(poll: TrackedPoll): number {
    const settings = this.options.settings();
    poll.errors += 1;
    return Math.max(backOffMs(this.options.random, poll.errors, settings), settings.minDelayMs);
  }

  /** Tells that no more comes of a poll. */
  ended(poll: TrackedPoll, end: PollEnd): void {
    const { net, clock } = this.options;
    if (end.outcome === 'completed' || end.outcome === 'failed') net.ended(poll, clock.monotonic());
    const history = poll.history(clock.monotonic());
    this.#tellStrategy(history, (strategy) => strategy.ended?.(history, end));
  }

  /** Shows the strategy a poll. @returns what it was shown */
  #observed(poll: TrackedPoll, now: number): PollHistory {
    const history = poll.history(now);
    this.#tellStrategy(history, (strategy) => strategy.observed?.(history));
    return history;
  }

  /** Keeps what the strategy said. @returns it at the pace of its origin, never below the shortest delay allowed */
  #planMs(poll: TrackedPoll, delayMs: number): number {
    poll.planned(delayMs);
    return Math.max(this.options.paces.of(poll.origin).pauseMs(delayMs), this.options.settings().minDelayMs);
  }

  /** Milliseconds until all of these are asked about with one call; `undefined` where the strategy does not say. */
  #sharedDelayMs(histories: readonly PollHistory[]): number | undefined {
    const strategy = this.options.strategy();
    try {
      const delayMs = strategy.sharedDelayMs?.(histories);
      if (delayMs === undefined || !Number.isFinite(delayMs) || delayMs < 0) return undefined;
      return Math.max(delayMs, this.#leastListPauseMs());
    } catch (error) {
      this.#logger.warn(`The polling strategy threw for ${histories.length} ids together: ${String(error)}`);
      return undefined;
    }
  }

  /** A list that many ids share is cheap for the upstream, but each of its answers takes this process its time. */
  #leastListPauseMs(): number {
    return Math.min(LONGEST_LIST_PAUSE_MS, (1_000 * this.options.tracked()) / LISTED_PER_SECOND);
  }

  #tellStrategy({ id }: PollHistory, tell: (strategy: PollingStrategy) => void): void {
    try {
      tell(this.options.strategy());
    } catch (error) {
      this.#logger.warn(`The polling strategy did not take in ${id}: ${String(error)}`);
    }
  }

  #askStrategy(history: PollHistory): number {
    try {
      const delayMs = this.options.strategy().nextDelayMs(history);
      if (Number.isFinite(delayMs) && delayMs >= 0) return delayMs;
      this.#logger.warn(
        `The polling strategy answered ${delayMs} for ${history.id}; it must be a number >= 0.`,
      );
    } catch (error) {
      this.#logger.warn(`The polling strategy threw for ${history.id}: ${String(error)}`);
    }
    return FALLBACK_DELAY_MS;
  }
}

/** A delay that came from outside: what is no number above 0 counts as 0. */
function usable(delayMs: number | null): number {
  return delayMs !== null && Number.isFinite(delayMs) && delayMs > 0 ? delayMs : 0;
}
