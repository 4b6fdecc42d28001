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
import type { Ticket } from './ticket.js';
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
   * Goes before all that did not, behind those that did: for work that has had its turn, such as a failover.
   * @defaultValue false
   */
  readonly front?: boolean;
}

/** The queue in numbers. */
export interface AdmissionStats {
  readonly waiting: number;
  /** Groups of waiters that wait for the same tokens. */
  readonly lanes: number;
  /** How long the first in turn has waited, in milliseconds; 0 when nobody waits. */
  readonly oldestWaitMs: number;
  /**
   * How long one that enters now may wait, in milliseconds, as fast as others of late got their tokens; 0 when nobody
   * waits, `null` where nobody can tell.
   */
  readonly estimatedWaitMs: number | null;
}

/**
 * Where generations wait for a token, in turn. Requests for the same tokens form a lane; a token that becomes ready goes
 * to the waiter that came first of all that may use it, so one that cannot holds up nobody behind it. A waiter whose
 * tokens are all disabled meanwhile waits on, as an operator may enable one.
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
  #order = 0;
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
  enter(request: LeaseRequest, { force = false, front = false }: EntryOptions = {}): Ticket {
    if (this.#closed) throw BalancerError.shuttingDown();
    if (!force) this.#checkAdmissible(request);
    const waiter = new Waiter({
      request,
      front,
      place: this.#place,
      order: this.#order++,
      since: this.clock.monotonic(),
    });
    this.#dispatcher.admit(waiter);
    return waiter;
  }

  /**
   * Changes options for those who enter from now on; who waits already stays.
   *
   * @throws RangeError naming the option; then nothing changes
   */
  configure(options: BalancerOptions): void {
    this.#options = resolveBalancerOptions({ ...this.#options, ...options });
  }

  stats(): AdmissionStats {
    const now = this.clock.monotonic();
    const { waiting, size: lanes } = this.#lanes;
    const intervalMs = waiting === 0 ? 0 : this.#dispatcher.rate.intervalMs(now);
    const estimatedWaitMs = intervalMs === null ? null : Math.ceil((waiting + 1) * intervalMs);
    return { waiting, lanes, oldestWaitMs: this.#lanes.oldestWaitMs(now), estimatedWaitMs };
  }

  /** Refuses all waiters and newcomers with `shutting_down`. Leases that were granted stay with their holders. */
  async onModuleDestroy(): Promise<void> {
    this.#closed = true;
    for (const waiter of [...this.#lanes.waiters()]) {
      this.#dispatcher.refuse(waiter, BalancerError.shuttingDown());
    }
    await this.#dispatcher.settled();
  }

  #checkAdmissible(request: LeaseRequest): void {
    if (!this.balancer.isServable(request)) throw this.balancer.noUsableToken(request);
    const { maxWaiting } = this.#options;
    if (this.#lanes.waiting >= maxWaiting)
      throw BalancerError.queueFull(maxWaiting, this.#fullRetryAfterMs());
  }

  /** Until a place is free at the present speed. */
  #fullRetryAfterMs(): number {
    const intervalMs = this.#dispatcher.rate.intervalMs(this.clock.monotonic());
    if (intervalMs === null) return this.#options.fullRetryAfterMs;
    return Math.ceil(Math.min(Math.max(intervalMs, LEAST_RETRY_MS), MOST_RETRY_MS));
  }

  #estimatedWaitMs(waiter: Waiter): number | null {
    const lane = this.#lanes.laneOf(waiter);
    const now = this.clock.monotonic();
    const intervalMs = lane?.rate.intervalMs(now) ?? this.#dispatcher.rate.intervalMs(now);
    const position = lane?.waiters.positionOf(waiter) ?? null;
    return intervalMs === null || position === null ? null : Math.ceil(position * intervalMs);
  }
}
