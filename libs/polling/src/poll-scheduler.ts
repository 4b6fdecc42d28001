import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';

import { PollAnswers } from './poll-answers.js';
import { PollBids } from './poll-bids.js';
import { DROPPED, expiredEnd } from './poll-end.js';
import { PollExpiries } from './poll-expiries.js';
import { PollPlanner } from './poll-planner.js';
import type { PollCall, PollCallEnd } from './poll-call.js';
import { PollLine } from './poll-line.js';
import { PollNet } from './poll-net.js';
import { PollPaces } from './poll-paces.js';
import { PollRuns } from './poll-runs.js';
import type { PollSchedulerParts, PollSchedulerStats } from './poll-scheduler.types.js';
import { PollSlots } from './poll-slots.js';
import { type PollSettings, resolvePollSettings } from './polling.options.js';
import { SingleTimer } from './single-timer.js';
import { PollWakes } from './poll-wakes.js';
import { checkTrackRequest, TrackedPoll, type TrackRequest } from './tracked-poll.js';

/**
 * Polls every tracked id until it ends or its deadline passes, with one timer in all.
 *
 * No method but `stop` waits, and none calls the target itself: work starts in a microtask. Errors never end a
 * generation, and only the monotonic clock counts. What is due after a long gap is spread by the slots.
 */
export class PollScheduler implements OnModuleInit, OnModuleDestroy {
  readonly #polls = new Map<string, TrackedPoll>();
  readonly #slots: PollSlots;
  readonly #runs: PollRuns;
  readonly #line: PollLine;
  readonly #planner: PollPlanner;
  readonly #answers: PollAnswers;
  readonly #expiries: PollExpiries;
  readonly #net = new PollNet();
  readonly #paces = new PollPaces();
  readonly #wakes: PollWakes;
  readonly #timer: SingleTimer;
  #settings: PollSettings;
  #stopping: Promise<void> | undefined;

  constructor(private readonly parts: PollSchedulerParts) {
    this.#settings = parts.settings;
    const bids = new PollBids({ ...parts, polls: this.#polls });
    this.#slots = new PollSlots(parts.settings, parts.clock.monotonic(), bids);
    const settings = (): PollSettings => this.#settings;
    const shared = { ...parts, settings, slots: this.#slots, polls: this.#polls, paces: this.#paces };
    this.#planner = new PollPlanner({ ...shared, net: this.#net, tracked: () => this.#polls.size });
    this.#runs = new PollRuns({ ...shared, onEnd: this.#onCallEnd });
    this.#line = new PollLine({
      ...shared,
      canList: () => parts.target().pollMany !== undefined,
      isUnderWay: (id) => this.#runs.get(id) !== undefined,
    });
    this.#answers = new PollAnswers({
      ...shared,
      line: this.#line,
      planner: this.#planner,
      isTracked: (poll) => this.#polls.get(poll.id) === poll && !poll.expiring,
      onEnd: this.#forget.bind(this),
    });
    this.#wakes = new PollWakes({ ...shared, line: this.#line, runs: this.#runs, net: this.#net });
    this.#expiries = new PollExpiries({ ...parts, planner: this.#planner, onEnd: this.#onExpiryEnd });
    this.#timer = new SingleTimer(parts.clock, this.#pump);
  }

  /** @throws Error when no module provides a `PollTarget`, or the strategy that was asked for. */
  onModuleInit(): void {
    this.parts.target();
    this.parts.strategy();
  }

  onModuleDestroy(): Promise<void> {
    return this.stop();
  }

  /**
   * Takes an id over. Of an id that is tracked already, everything said before is dropped, and a poll under way is
   * aborted first. After `stop` it does nothing.
   *
   * @throws RangeError when a time is no finite number, or `firstDelayMs` or `ageMs` is negative.
   */
  track(request: TrackRequest): void {
    checkTrackRequest(request);
    if (this.#hasStopped()) return;
    this.untrack(request.id);
    const poll = new TrackedPoll(request, this.parts.clock.monotonic());
    this.#planner.atFirst(poll, request.firstDelayMs);
    this.#polls.set(poll.id, poll);
    this.#expiries.schedule(poll);
    this.#line.schedule(poll);
    this.#timer.soon();
  }

  /** Forgets an id. A poll under way is aborted, and its answer ignored. An unknown id changes nothing. */
  untrack(id: string): void {
    const poll = this.#polls.get(id);
    if (poll === undefined) return;
    this.#forget(poll);
    this.#runs.abort(id, 'The generation is no longer polled.');
    this.#timer.soon();
  }

  /**
   * Polls an id as soon as a slot is free, but not before a Retry-After of its upstream has passed. If a poll is under
   * way, another one follows a `pending` answer at once. An unknown id changes nothing.
   */
  wake(id: string): void {
    this.#wakes.wake(id);
    this.#timer.soon();
  }

  /**
   * The upstream called back about an id that was tracked with `callbacks`: it is polled as after {@link PollScheduler.wake}, and the
   * channel is relied on a little more, also when a poll has found the end just before. An unknown id changes nothing.
   */
  called(id: string): void {
    this.#wakes.called(id);
    this.#timer.soon();
  }

  /**
   * When the id will be polled next, in wall-clock milliseconds since 1970: now, while a poll is due or under way;
   * `null` when it is not tracked or has passed its deadline.
   */
  nextPollAt(id: string): number | null {
    return this.#wallClock(id, ({ dueAt }) => dueAt);
  }

  /**
   * When news of the id may be had, in wall-clock milliseconds since 1970: as `nextPollAt`, but where callbacks are expected about
   * when it would be polled without them.
   */
  newsAt(id: string): number | null {
    return this.#wallClock(id, (poll, now) => poll.newsAt(now));
  }

  #wallClock(id: string, at: (poll: TrackedPoll, now: number) => number): number | null {
    const poll = this.#polls.get(id);
    if (poll === undefined || poll.expiring) return null;
    const now = this.parts.clock.monotonic();
    return this.parts.clock.now() + Math.max(0, at(poll, now) - now);
  }

  /** How long a generation of this kind may take, in milliseconds. */
  deadlineMs(kind: string): number {
    const { deadlines } = this.parts;
    return (Object.hasOwn(deadlines, kind) ? deadlines[kind] : undefined) ?? deadlines.default;
  }

  stats(): PollSchedulerStats {
    return {
      tracked: this.#polls.size,
      active: this.#slots.active,
      waiting: this.parts.queue.size,
      due: this.#slots.due,
      abandoned: this.#runs.abandoned,
      overdueMs: Math.max(0, this.parts.clock.monotonic() - this.#nextAt()),
      stretch: this.#paces.stretch,
    };
  }

  /**
   * Changes settings from the next poll on.
   *
   * @throws RangeError naming the setting that is out of its bounds; then nothing changes.
   */
  configure(changes: Partial<PollSettings>): void {
    this.#settings = resolvePollSettings(changes, this.#settings);
    this.#slots.setLimits(this.#settings, this.parts.clock.monotonic());
    this.#timer.soon();
  }

  /**
   * Starts nothing more and waits, up to `stopTimeoutMs`, for the calls under way; what is left then is aborted.
   * Afterwards nothing is tracked and no timer is left. Calling it again gives the same promise.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    for (const poll of [...this.#polls.values()]) this.#forget(poll);
    this.#timer.set(Infinity);
    const waiting = new AbortController();
    const ended = Promise.all([this.#runs.ended(), this.#expiries.ended()]);
    await Promise.race([ended, this.parts.clock.sleep(this.#settings.stopTimeoutMs, waiting.signal)]);
    waiting.abort();
    this.#runs.abortAll('The scheduler stopped.');
  }

  #hasStopped(): boolean {
    return this.#stopping !== undefined;
  }

  /** Does all that is due, then sets the timer for what comes first. */
  readonly #pump = (): void => {
    if (this.#hasStopped()) return;
    const now = this.parts.clock.monotonic();
    this.#expireDue(now);
    this.#runs.tick(now);
    this.#wakes.tick(now);
    this.#line.enqueueDue(now);
    for (let call = this.#line.take(now); call !== undefined; call = this.#line.take(now))
      this.#runs.start(call.polls, call.lane);
    if (this.#hasStopped()) return;
    this.#timer.set(this.#nextAt());
  };

  #nextAt(): number {
    const alarms = Math.min(this.#expiries.nextAlarmAt, this.#runs.nextAlarmAt, this.#net.nextAlarmAt);
    return Math.min(this.#line.nextAt, alarms);
  }

  #expireDue(now: number): void {
    for (let id = this.#expiries.popDue(now); id !== undefined; id = this.#expiries.popDue(now)) {
      const poll = this.#polls.get(id);
      if (poll === undefined) continue;
      poll.expiring = true;
      this.#line.remove(poll, now);
      this.#runs.abort(id, 'The deadline of the generation has passed.');
      this.#expiries.start(poll);
    }
  }

  readonly #onCallEnd = (call: PollCall, end: PollCallEnd): void => {
    this.#answers.take(call, end, this.parts.clock.monotonic());
    for (const { id } of call.polls) {
      const poll = this.#polls.get(id);
      // A later tracking has waited for this call to end.
      if (poll?.expiring === false && !call.polls.includes(poll)) this.#line.schedule(poll);
    }
    this.#timer.soon();
  };

  readonly #onExpiryEnd = (poll: TrackedPoll, expired: boolean): void => {
    if (this.#polls.get(poll.id) !== poll) return;
    if (expired) this.#forget(poll, expiredEnd(poll));
    else this.#expiries.retry(poll);
    this.#timer.soon();
  };

  #forget(poll: TrackedPoll, end = DROPPED): void {
    this.#planner.ended(poll, end);
    this.#polls.delete(poll.id);
    this.#runs.forget(poll.id);
    this.#expiries.remove(poll.id);
    this.#line.remove(poll, this.parts.clock.monotonic());
  }
}
