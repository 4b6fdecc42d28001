import type { Clock } from 'penstock/kernel';

import { DueHeap } from './due-heap.js';
import { PollCall, type PollCallEnd } from './poll-call.js';
import type { PollLane } from './gate-lane.js';
import type { PollSlots } from './poll-slots.js';
import type { PollSettings } from './polling.options.js';
import type { PollTarget } from './ports/poll-target.js';
import type { TrackedPoll } from './tracked-poll.js';

/** What {@link PollRuns} works with. */
export interface PollRunsOptions {
  readonly clock: Clock;
  readonly target: () => PollTarget;
  readonly slots: PollSlots;
  /** Those that are tracked. */
  readonly polls: ReadonlyMap<string, TrackedPoll>;
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
  /**
   * By id of what it asks about; `null` for what is tracked and was asked about before. Where keys come and go, V8 makes a new table
   * every so often, and each keeps the next one alive, with all the calls in it, until a full collection of garbage.
   */
  readonly #calls = new Map<string, PollCall | null>();
  /** Each call, by when it times out, or when its grace period ends. */
  readonly #alarms = new DueHeap<PollCall>();
  #abandoned = 0;

  constructor(private readonly options: PollRunsOptions) {}

  /** Calls that went on past their grace period. */
  get abandoned(): number {
    return this.#abandoned;
  }

  /** When `tick` has something to do, on the monotonic clock; `Infinity` for never. */
  get nextAlarmAt(): number {
    return this.#alarms.first?.dueAt ?? Infinity;
  }

  /** The call under way that asks about `id`. */
  get(id: string): PollCall | undefined {
    return this.#calls.get(id) ?? undefined;
  }

  /** Calls the target. A slot of `lane` must be claimed, and no call about these ids may be under way. */
  start(polls: readonly TrackedPoll[], lane: PollLane): void {
    const call = new PollCall(polls, lane);
    for (const { id } of polls) this.#calls.set(id, call);
    this.#setAlarm(call, this.options.settings().pollTimeoutMs);
    call.ended = call.make(this.options.target()).then((end) => {
      this.#end(call, end);
    });
  }

  /** An id is tracked no longer. */
  forget(id: string): void {
    if (this.#calls.get(id) === null) this.#calls.delete(id);
  }

  /** Drops the answer for `id`, if one is awaited; a call of which nothing is wanted is aborted, with a grace period. */
  abort(id: string, reason: string): void {
    const call = this.get(id);
    if (call === undefined || call.aborted) return;
    if (call.abortOne(id, reason)) this.#setAlarm(call, this.options.settings().abortGraceMs);
  }

  abortAll(reason: string): void {
    for (const id of [...this.#calls.keys()]) this.abort(id, reason);
  }

  /** Acts on the alarms that are due. */
  tick(now: number): void {
    for (let call = this.#alarms.popDue(now); call !== undefined; call = this.#alarms.popDue(now)) {
      if (call.aborted) this.#abandon(call);
      else this.#timeOut(call);
    }
  }

  /** Resolves when the calls that are under way now have ended. */
  async ended(): Promise<void> {
    await Promise.all([...this.#calls.values()].flatMap((call) => (call === null ? [] : [call.ended])));
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
    for (const { id } of call.polls) {
      if (this.options.polls.has(id)) this.#calls.set(id, null);
      else this.#calls.delete(id);
    }
    this.#alarms.remove(call);
    this.options.slots.charge(call.lane, end.requests - 1, now);
    if (call.holdsSlot) this.options.slots.release(call.lane, now);
    else this.#abandoned -= 1;
    this.options.onEnd(call, end);
  }

  #setAlarm(call: PollCall, delayMs: number): void {
    this.#alarms.schedule(call, this.options.clock.monotonic() + delayMs);
  }
}
