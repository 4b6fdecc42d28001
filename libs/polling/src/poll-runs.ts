import type { Clock } from 'penstock/kernel';

import { PollRun } from './poll-run.js';
import type { PollSlots } from './poll-slots.js';
import type { PollSettings } from './polling.options.js';
import type { PollObservation, PollTarget } from './ports/poll-target.js';
import { MemoryPollQueue } from './strategies/memory-poll-queue.js';
import type { TrackedPoll } from './tracked-poll.js';

/** What {@link PollRuns} works with. */
export interface PollRunsOptions {
  readonly clock: Clock;
  readonly target: () => PollTarget;
  readonly slots: PollSlots;
  /** Read anew for each run. */
  readonly settings: () => Pick<PollSettings, 'pollTimeoutMs' | 'abortGraceMs'>;
  /** Called once for each run, after it gave up its slot. Must not throw. */
  readonly onEnd: (run: PollRun, observation: PollObservation) => void;
}

/**
 * The calls of the target that have not ended. A call keeps its slot until it ends, or until a grace period after its
 * abort: a target that ignores its signal costs nobody else a slot for ever, but its id stays taken.
 */
export class PollRuns {
  readonly #runs = new Map<string, PollRun>();
  readonly #calls = new Set<Promise<void>>();
  /** For each run, when it times out, or when its grace period ends. */
  readonly #alarms = new MemoryPollQueue();
  #abandoned = 0;

  constructor(private readonly options: PollRunsOptions) {}

  /** Runs that went on past their grace period. */
  get abandoned(): number {
    return this.#abandoned;
  }

  /** When `tick` has something to do, on the monotonic clock; `Infinity` for never. */
  get nextAlarmAt(): number {
    return this.#alarms.peek()?.dueAt ?? Infinity;
  }

  get(id: string): PollRun | undefined {
    return this.#runs.get(id);
  }

  /** Calls the target. A slot must be claimed, and no run of this id may be under way. */
  start(poll: TrackedPoll): void {
    const run = new PollRun(poll);
    this.#runs.set(poll.id, run);
    this.#alarms.schedule(poll.id, this.options.clock.monotonic() + this.options.settings().pollTimeoutMs);
    const call = run.call(this.options.target).then((observation) => {
      this.#calls.delete(call);
      this.#end(run, observation);
    });
    this.#calls.add(call);
  }

  /** Aborts the run of `id`, if there is one, and starts its grace period. */
  abort(id: string, reason: string): void {
    const run = this.#runs.get(id);
    if (run === undefined || run.aborted) return;
    this.#alarms.schedule(id, this.options.clock.monotonic() + this.options.settings().abortGraceMs);
    run.abort(reason);
  }

  abortAll(reason: string): void {
    for (const id of [...this.#runs.keys()]) this.abort(id, reason);
  }

  /** Acts on the alarms that are due. */
  tick(now: number): void {
    for (let due = this.#alarms.popDue(now); due !== undefined; due = this.#alarms.popDue(now)) {
      const run = this.#runs.get(due.id);
      if (run === undefined) continue;
      if (run.aborted) this.#abandon(run);
      else this.#timeOut(run);
    }
  }

  /** Resolves when the runs that are under way now have ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#calls);
  }

  #timeOut(run: PollRun): void {
    run.timedOut = true;
    this.abort(run.poll.id, `The poll took longer than ${this.options.settings().pollTimeoutMs} ms.`);
  }

  #abandon(run: PollRun): void {
    run.holdsSlot = false;
    this.#abandoned += 1;
    this.options.slots.release(run.poll.tokenId);
  }

  #end(run: PollRun, observation: PollObservation): void {
    this.#runs.delete(run.poll.id);
    this.#alarms.remove(run.poll.id);
    if (run.holdsSlot) this.options.slots.release(run.poll.tokenId);
    else this.#abandoned -= 1;
    this.options.onEnd(run, observation);
  }
}
