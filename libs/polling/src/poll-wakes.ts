import type { Clock } from 'penstock/kernel';

import type { PollLine } from './poll-line.js';
import type { PollNet } from './poll-net.js';
import type { PollRuns } from './poll-runs.js';
import type { PollSettings } from './polling.options.js';
import type { TrackedPoll } from './tracked-poll.js';

/** What {@link PollWakes} works with. */
export interface PollWakesOptions {
  readonly clock: Clock;
  readonly polls: ReadonlyMap<string, TrackedPoll>;
  readonly line: PollLine;
  readonly runs: PollRuns;
  readonly net: PollNet;
  readonly settings: () => Pick<PollSettings, 'minDelayMs'>;
}

/** Has ids polled before their time. */
export class PollWakes {
  constructor(private readonly options: PollWakesOptions) {}

  /** Something asked for a poll of an id. */
  wake(id: string): void {
    const poll = this.options.polls.get(id);
    if (poll !== undefined && !poll.expiring) this.#hurry(poll, 'wake', 0);
  }

  /** The upstream called back about an id. However often it does, polls keep their shortest distance. */
  called(id: string): void {
    const poll = this.options.polls.get(id);
    if (poll === undefined) {
      this.options.net.calledLate(id);
      return;
    }
    if (poll.expiring) return;
    poll.calledAgeMs ??= poll.ageMs(this.options.clock.monotonic());
    this.#hurry(poll, 'callback', poll.startedAt + this.options.settings().minDelayMs);
  }

  /** Judges callbacks that have not come: what waits for others of their channel is polled no later than without them. */
  tick(now: number): void {
    for (const channel of this.options.net.tick(now)) this.#distrust(channel, now);
  }

  #distrust(channel: string, now: number): void {
    for (const poll of this.options.polls.values()) {
      const { callbacks, expiring, plainDueAt } = poll;
      if (callbacks !== channel || expiring || plainDueAt === null) continue;
      if (!this.#isUnderWay(poll)) this.#move(poll, Math.max(now, plainDueAt), 'plan');
    }
  }

  #hurry(poll: TrackedPoll, reason: 'wake' | 'callback', notBefore: number): void {
    if (this.#isUnderWay(poll)) {
      poll.wakeAgain = reason;
      return;
    }
    const dueAt = Math.max(this.options.clock.monotonic(), poll.notBefore, notBefore);
    if (dueAt < poll.dueAt) this.#move(poll, dueAt, dueAt === poll.notBefore ? 'retry_after' : reason);
  }

  #move(poll: TrackedPoll, dueAt: number, reason: TrackedPoll['reason']): void {
    this.options.line.remove(poll, this.options.clock.monotonic());
    poll.dueFor(dueAt, reason);
    this.options.line.schedule(poll);
  }

  #isUnderWay(poll: TrackedPoll): boolean {
    return this.options.runs.get(poll.id)?.polls.includes(poll) === true;
  }
}
