import type { Clock } from 'penstock/kernel';

import { PollCall, type PollCallEnd } from './poll-call.js';
import type { PollLane, PollSlots } from './poll-slots.js';
import type { PollSettings } from './polling.options.js';
import type { PollTarget } from './ports/poll-target.js';
import { MemoryPollQueue } from './strategies/memory-poll-queue.js';
import type { TrackedPoll } from './tracked-poll.js';

/** What {@link PollRuns} works with. */
export interface PollRunsOptions {
  readonly clock: Clock;
  readonly target: () => PollTarget;
  readonly slots: PollSlots;
  /** Read anew for each call. */
  readonly settings: () => Pick<PollSettings, 'pollTimeoutMs' | 'abortGraceMs'>;
  /** Called once for each call, after it gave up its slot. Must not throw. */
  readonly onEnd: (call: PollCall, end: PollCallEnd) => void;
}

/**
 * The calls of the target that have not ended. A call keeps its slot until it ends, or until a grace period after its
 * abort: a target that ignores its signal costs nobody else a slot for ever, but its ids stay taken.
 */
export class PollRuns {
  /** By id of what it asks about. */
  readonly #calls = new Map<string, PollCall>();
  readonly #promises = new Set<Promise<void>>();
  /** For the first id of each call, when it times out, or when its grace period ends. */
  readonly #alarms = new MemoryPollQueue();
  #abandoned = 0;

  constructor(private readonly options: PollRunsOptions) {}

  /** Calls that went on past their grace period. */
  get abandoned(): number {
    return this.#abandoned;
  }

  /** When `tick` has something to do, on the monotonic clock; `Infinity` for never. */
  get nextAlarmAt(): number {
    return this.#alarms.peek()?.dueAt ?? Infinity;
  }

  /** The call under way that asks about `id`. */
  get(id: string): PollCall | undefined {
    return this.#calls.get(id);
  }

  /** Calls the target. A slot of `lane` must be claimed, and no call about these ids may be under way. */
  start(polls: readonly TrackedPoll[], lane: PollLane): void {
    const call = new PollCall(polls, lane);
    for (const { id } of polls) this.#calls.set(id, call);
    this.#setAlarm(call, this.options.settings().pollTimeoutMs);
    const promise = call.make(this.options.target()).then((end) => {
      this.#promises.delete(promise);
      this.#end(call, end);
    });
    this.#promises.add(promise);
  }

  /** Drops the answer for `id`, if one is awaited; a call of which nothing is wanted is aborted, with a grace period. */
  abort(id: string, reason: string): void {
    const call = this.#calls.get(id);
    if (call === undefined || call.aborted) return;
    if (call.abortOne(id, reason)) this.#setAlarm(call, this.options.settings().abortGraceMs);
  }

  abortAll(reason: string): void {
    for (const id of [...this.#calls.keys()]) this.abort(id, reason);
  }

  /** Acts on the alarms that are due. */
  tick(now: number): void {
    for (let due = this.#alarms.popDue(now); due !== undefined; due = this.#alarms.popDue(now)) {
      const call = this.#calls.get(due.id);
      if (call === undefined) continue;
      if (call.aborted) this.#abandon(call);
      else this.#timeOut(call);
    }
  }

  /** Resolves when the calls that are under way now have ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#promises);
  }

  #timeOut(call: PollCall): void {
    const { pollTimeoutMs, abortGraceMs } = this.options.settings();
    call.timedOut = true;
    this.#setAlarm(call, abortGraceMs);
    call.abort(`The poll took longer than ${pollTimeoutMs} ms.`);
  }

  #abandon(call: PollCall): void {
    call.holdsSlot = false;
    this.#abandoned += 1;
    this.options.slots.release(call.lane, this.options.clock.monotonic());
  }

  #end(call: PollCall, end: PollCallEnd): void {
    const now = this.options.clock.monotonic();
    for (const { id } of call.polls) this.#calls.delete(id);
    this.#alarms.remove(firstId(call));
    this.options.slots.charge(call.lane, end.requests - 1, now);
    if (call.holdsSlot) this.options.slots.release(call.lane, now);
    else this.#abandoned -= 1;
    this.options.onEnd(call, end);
  }

  #setAlarm(call: PollCall, delayMs: number): void {
    this.#alarms.schedule(firstId(call), this.options.clock.monotonic() + delayMs);
  }
}

const firstId = ({ polls }: PollCall): string => polls[0]?.id ?? '';
