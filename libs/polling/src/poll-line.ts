import type { WaitObserver } from 'penstock/concurrency';
import type { Random } from 'penstock/kernel';

import { PollLists } from './poll-lists.js';
import type { PollLane } from './gate-lane.js';
import type { HeldPoll } from './poll-gate.js';
import type { PollPaces } from './poll-paces.js';
import type { GrantedPoll, PollSlots } from './poll-slots.js';
import type { PollSettings } from './polling.options.js';
import type { PollHold } from './ports/poll-journal.js';
import type { PollQueue } from './ports/poll-queue.js';
import type { TrackedPoll } from './tracked-poll.js';

/** What {@link PollLine} works with. */
export interface PollLineOptions {
  readonly random: Random;
  readonly queue: PollQueue;
  readonly slots: PollSlots;
  /** Told how late polls begin. */
  readonly paces: PollPaces;
  readonly settings: () => PollSettings;
  /** Whether the target can ask about many ids at once. */
  readonly canList: () => boolean;
  readonly polls: ReadonlyMap<string, TrackedPoll>;
  readonly isUnderWay: (id: string) => boolean;
  /** Told of waits for a slot. */
  readonly observer?: WaitObserver | undefined;
}

/** A call that begins now: its slot is claimed. */
export interface GrantedCall {
  /** The one whose turn it is, then those that are asked about along with it. */
  readonly polls: readonly [TrackedPoll, ...TrackedPoll[]];
  readonly lane: PollLane;
}

/** Where polls wait: for their time, and then for a slot. */
export class PollLine {
  readonly lists: PollLists;

  constructor(private readonly options: PollLineOptions) {
    this.lists = new PollLists(options.random);
  }

  /** When something can begin, on the monotonic clock; `Infinity` for never. */
  get nextAt(): number {
    const { queue, slots } = this.options;
    return Math.min(queue.peek()?.dueAt ?? Infinity, slots.nextOpenAt);
  }

  /** Lets a poll wait until its `dueAt`. */
  schedule(poll: TrackedPoll): void {
    this.options.queue.schedule(poll.id, poll.dueAt);
    this.lists.offer(poll);
  }

  remove(poll: TrackedPoll, now: number): void {
    this.options.queue.remove(poll.id);
    this.options.slots.remove(poll, now);
    this.lists.withdraw(poll.id);
  }

  /** Moves what is due to where it waits for a slot. */
  enqueueDue(now: number): void {
    const { queue, slots, polls, isUnderWay } = this.options;
    slots.tick(now);
    for (let due = queue.popDue(now); due !== undefined; due = queue.popDue(now)) {
      const poll = polls.get(due.id);
      // A call for an earlier tracking that has not ended yet: its end schedules this one again.
      if (poll === undefined || isUnderWay(due.id)) continue;
      poll.enqueuedAt = now;
      slots.enqueue(poll, poll.dueAt, now);
    }
  }

  /** The next call that may begin; `undefined` when there is none. */
  take(now: number): GrantedCall | undefined {
    const granted = this.options.slots.take(now);
    if (granted === undefined) return undefined;
    const first = this.options.polls.get(granted.id);
    if (first === undefined) {
      this.options.slots.release(granted, now);
      return this.take(now);
    }
    this.lists.withdraw(first.id);
    const polls = [first, ...this.#others(first, now)] as const;
    const heldBy = this.#waited(first, granted, now);
    for (const poll of polls) poll.begun(now, poll === first ? heldBy : null);
    return { polls, lane: granted };
  }

  /** @returns what a poll waited for since it was due; `null` when it did not wait */
  #waited(
    { dueAt, enqueuedAt, answeredAt }: TrackedPoll,
    granted: GrantedPoll,
    now: number,
  ): PollHold | null {
    const byToken = holdSince(granted.heldByToken, enqueuedAt);
    const byOrigin = holdSince(granted.heldByOrigin, enqueuedAt);
    const isCrowd = byToken === null && (byOrigin === null || byOrigin === 'slots');
    // Of a first poll there is no telling how long its id was not asked about.
    if (isCrowd && answeredAt > -Infinity)
      this.options.paces.of(granted.origin).began(now - dueAt, now - answeredAt, now);
    const waitedMs = now - enqueuedAt;
    if (waitedMs <= 0) return null;
    this.options.observer?.waited({
      resource: 'polling.slots',
      outcome: 'acquired',
      waitedMs,
      holder: undefined,
    });
    return byToken ?? byOrigin ?? 'slots';
  }

  /** Those of the same token that one call can ask about as well: due, or nearly due. */
  #others(first: TrackedPoll, now: number): TrackedPoll[] {
    const { listWindowMs, maxListed, minDelayMs } = this.options.settings();
    if (listWindowMs < 0 || !first.mayBeListed || !this.options.canList()) return [];
    const wanted = { until: now + listWindowMs, most: maxListed - 1, now };
    const others: TrackedPoll[] = [];
    for (const id of this.lists.takeAlong(first.tokenId, wanted)) {
      const poll = this.options.polls.get(id);
      if (poll === undefined || this.options.isUnderWay(id)) continue;
      if (mustRest(poll, now, minDelayMs)) {
        this.lists.offer(poll);
      } else {
        this.remove(poll, now);
        poll.reason = 'list';
        others.push(poll);
      }
    }
    return others;
  }
}

/** What a gate made a poll wait for; `null` when it did not, since then. */
const holdSince = (held: HeldPoll | undefined, since: number): PollHold | null =>
  held !== undefined && held.at >= since ? held.by : null;

/** Whether it may not be asked about before it is due. */
function mustRest(
  { notBefore, dueAt, errors, answeredAt }: TrackedPoll,
  now: number,
  restMs: number,
): boolean {
  return notBefore > now || (dueAt > now && (errors > 0 || answeredAt + restMs > now));
}
