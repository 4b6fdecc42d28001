import { Inject, Injectable, type OnModuleDestroy, Optional } from '@nestjs/common';
import { SilentWaitObserver, WaitObserver } from 'penstock/concurrency';
import { Clock, SystemClock } from 'penstock/kernel';

import { Balancer } from '../balancer.js';
import { BalancerError } from '../balancer.errors.js';
import { MODULE_OPTIONS_TOKEN } from '../balancer.module-definition.js';
import { type BalancerOptions, resolveBalancerOptions } from '../balancer.options.js';
import type { LeaseRequest } from '../lease.js';
import { Dispatcher } from './dispatcher.js';
import { LaneSet } from './lane-set.js';
import { forEachPriority, type Priority, turnAt } from './priority.js';
import type { Ticket } from './ticket.js';
import type { Asked } from './turn.js';
import { waitEstimateMs } from './wait-estimate.js';
import { Waiter, type WaitingPlace } from './waiter.js';

const LEAST_RETRY_MS = 1_000;
const MOST_RETRY_MS = 300_000;

/** How to enter the queue. */
export interface EntryOptions {
  /**
   * Enters even when the queue is full or no token is usable: for work that was accepted before.
   * @defaultValue false
   */
  readonly force?: boolean;
  /**
   * Goes before those of a lower priority, also where they came earlier by less than a head start
   * (`priorityHeadStartMs`) for each step between them.
   * @defaultValue normal
   */
  readonly priority?: Priority;
  /**
   * When it first asked, for work that has waited before: its turn is reckoned from then. Of its ticket in this process
   * `asked`; after a restart only a time, on the monotonic clock.
   * @defaultValue now
   */
  readonly asked?: Pick<Asked, 'at'> & Partial<Asked>;
}

/** One that has waited before. */
export type Returning = Required<Pick<EntryOptions, 'priority' | 'asked'>>;

/** The queue in numbers. */
export interface AdmissionStats {
  readonly waiting: number;
  /** Groups of waiters that wait for the same tokens. */
  readonly lanes: number;
  /** How long the one that entered first has waited, in milliseconds; 0 when nobody waits. */
  readonly oldestWaitMs: number;
  /** {@link PriorityStats.estimatedWaitMs} of the priority `normal`. */
  readonly estimatedWaitMs: number | null;
  readonly priorities: Readonly<Record<Priority, PriorityStats>>;
}

/** Those of one priority. */
export interface PriorityStats {
  readonly waiting: number;
  /**
   * How long one that enters now may wait, in milliseconds, as fast as others of late got their tokens and came; 0 when
   * nobody waits in the whole queue, `null` where nobody can tell.
   */
  readonly estimatedWaitMs: number | null;
}

/**
 * Where generations wait for a token, in turn. Requests for the same tokens form a lane; a token that becomes ready goes
 * to the waiter whose turn is first of all that may use it, so one that cannot holds up nobody behind it. A waiter whose
 * tokens are all disabled meanwhile waits on, as an operator may enable one.
 *
 * A higher priority is a head start: those of one priority are served first come, first served, and nobody is overtaken
 * for ever.
 *
 * The turns of several processes on one lease store are not coordinated; the limits are.
 */
@Injectable()
export class AdmissionQueue implements OnModuleDestroy {
  #options: Readonly<Required<BalancerOptions>>;
  readonly #lanes: LaneSet;
  readonly #dispatcher: Dispatcher;
  readonly #place: WaitingPlace = {
    positionOf: (waiter) => this.#lanes.laneOf(waiter)?.waiters.positionOf(waiter) ?? null,
    estimatedWaitMs: (waiter) => this.#estimatedWaitMs(waiter),
    cancel: (waiter) => {
      this.#dispatcher.refuse(waiter, BalancerError.cancelled(waiter.request.holder));
    },
  };
  #ticket = 0;
  #closed = false;

  constructor(
    private readonly balancer: Balancer,
    @Inject(MODULE_OPTIONS_TOKEN) options: BalancerOptions = {},
    @Optional() private readonly clock: Clock = new SystemClock(),
    @Optional() observer: WaitObserver = new SilentWaitObserver(),
  ) {
    this.#options = resolveBalancerOptions(options);
    this.#lanes = new LaneSet(balancer.pools);
    this.#dispatcher = new Dispatcher({ lanes: this.#lanes, balancer, clock, observer });
  }

  /**
   * Takes a place in the queue; where a token is free and nobody waits for it, the lease follows at once.
   *
   * @throws BalancerError at once: `no_usable_token` when waiting alone cannot help, `queue_full`, `shutting_down`
   */
  enter(request: LeaseRequest, options: EntryOptions = {}): Ticket {
    if (this.#closed) throw BalancerError.shuttingDown();
    const since = this.clock.monotonic();
    const { force = false, priority = 'normal', asked = { at: since } } = options;
    if (!force) this.#checkAdmissible(request, priority);
    const ticket = this.#ticket++;
    const waiter = new Waiter({
      request,
      priority,
      ticket,
      since,
      asked: { order: ticket, ...asked },
      headStartMs: this.#options.priorityHeadStartMs,
      place: this.#place,
    });
    this.#dispatcher.admit(waiter);
    return waiter;
  }

  /**
   * Of those who come back together, in which order they are to enter, since what is free goes to whoever enters first. Who has the same
   * turn stays in the given order.
   */
  inTurn<T>(all: readonly T[], entryOf: (one: T) => Returning): T[] {
    const turnOf = (one: T): number => {
      const { priority, asked } = entryOf(one);
      return turnAt(asked.at, priority, this.#options.priorityHeadStartMs);
    };
    const turns = all.map((one) => ({ one, at: turnOf(one) }));
    return turns.sort((left, right) => left.at - right.at).map(({ one }) => one);
  }

  /**
   * Changes options for those who enter from now on; who waits already stays. Another head start counts for them too.
   *
   * @throws RangeError naming the option; then nothing changes
   */
  configure(options: BalancerOptions): void {
    const { priorityHeadStartMs: before } = this.#options;
    this.#options = resolveBalancerOptions({ ...this.#options, ...options });
    const { priorityHeadStartMs } = this.#options;
    if (priorityHeadStartMs !== before) this.#lanes.reckon(priorityHeadStartMs);
  }

  stats(): AdmissionStats {
    const now = this.clock.monotonic();
    const { waiting, size: lanes } = this.#lanes;
    const priorities = forEachPriority((priority) => ({
      waiting: this.#lanes.waitingOf(priority),
      estimatedWaitMs: this.#newcomersWaitMs(priority, now),
    }));
    const { estimatedWaitMs } = priorities.normal;
    return { waiting, lanes, oldestWaitMs: this.#lanes.oldestWaitMs(now), estimatedWaitMs, priorities };
  }

  /** Refuses all waiters and newcomers with `shutting_down`. Leases that were granted stay with their holders. */
  async onModuleDestroy(): Promise<void> {
    this.#closed = true;
    for (const waiter of [...this.#lanes.waiters()]) {
      this.#dispatcher.refuse(waiter, BalancerError.shuttingDown());
    }
    await this.#dispatcher.settled();
  }

  #checkAdmissible(request: LeaseRequest, priority: Priority): void {
    if (!this.balancer.isServable(request)) throw this.balancer.noUsableToken(request);
    const { maxWaiting } = this.#options;
    if (this.#lanes.waitingOf(priority) >= maxWaiting)
      throw BalancerError.queueFull(maxWaiting, priority, this.#fullRetryAfterMs(priority));
  }

  /** Until a place of the priority is free at the present speed. */
  #fullRetryAfterMs(priority: Priority): number {
    const intervalMs = this.#dispatcher.rates[priority].intervalMs(this.clock.monotonic());
    if (intervalMs === null) return this.#options.fullRetryAfterMs;
    return Math.ceil(Math.min(Math.max(intervalMs, LEAST_RETRY_MS), MOST_RETRY_MS));
  }

  #estimatedWaitMs(waiter: Waiter): number | null {
    const lane = this.#lanes.laneOf(waiter);
    const now = this.clock.monotonic();
    const intervalMs = lane?.rate.intervalMs(now) ?? this.#dispatcher.rate.intervalMs(now);
    const position = lane?.waiters.positionOf(waiter) ?? null;
    if (intervalMs === null || position === null || lane === undefined) return null;
    const overtakers = lane.arrivals.overtakersOf(waiter.turn.at, this.#options.priorityHeadStartMs, now);
    return Math.ceil(waitEstimateMs(position, intervalMs, overtakers));
  }

  /** Whatever tokens it may wait for. */
  #newcomersWaitMs(priority: Priority, now: number): number | null {
    if (this.#lanes.waiting === 0) return 0;
    const intervalMs = this.#dispatcher.rate.intervalMs(now);
    if (intervalMs === null) return null;
    const { priorityHeadStartMs } = this.#options;
    const at = turnAt(now, priority, priorityHeadStartMs);
    const position = this.#lanes.countBefore({ at, order: Infinity, ticket: Infinity }) + 1;
    const overtakers = this.#lanes.arrivals.overtakersOf(at, priorityHeadStartMs, now);
    return Math.ceil(waitEstimateMs(position, intervalMs, overtakers));
  }
}
