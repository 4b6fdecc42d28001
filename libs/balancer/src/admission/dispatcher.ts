import { Logger } from '@nestjs/common';
import type { WaitObserver } from 'penstock/concurrency';
import type { Clock, Timer } from 'penstock/kernel';

import type { Balancer } from '../balancer.js';
import { BalancerError } from '../balancer.errors.js';
import type { Lease } from '../lease.js';
import type { Lane, Target } from './lane.js';
import type { LaneSet } from './lane-set.js';
import type { Waiter } from './waiter.js';

/** Every lane is tried at least this often: the word of a release may be lost, and the wall clock may jump. */
const RECHECK_MS = 30_000;
/** Pause after the lease store failed. */
const STORE_RETRY_MS = 1_000;

/** What a {@link Dispatcher} works with. */
export interface DispatcherOptions {
  readonly lanes: LaneSet;
  readonly balancer: Pick<Balancer, 'acquire'>;
  readonly clock: Clock;
  readonly observer: WaitObserver;
}

interface Attempt {
  readonly lane: Lane;
  readonly waiter: Waiter;
  readonly target: Target;
}

/**
 * Gives leases to waiters, one at a time and in turn: of the lanes that are awake, always the one whose head came
 * first. A lane that finds nothing sleeps until it is woken or due.
 */
export class Dispatcher {
  readonly #logger = new Logger('AdmissionQueue');
  #running = false;
  #run: Promise<void> = Promise.resolve();
  #timer: Timer | undefined;

  constructor(private readonly options: DispatcherOptions) {}

  /** Serves the lanes that are awake. Lanes that wake meanwhile are part of the same run. */
  serve(): void {
    if (this.#running) return;
    this.#running = true;
    this.#run = this.#serveAwake();
  }

  /** Ends the wait of a waiter without a lease. */
  refuse(waiter: Waiter, error: BalancerError): void {
    this.#leave(waiter, 'aborted');
    waiter.refuse(error);
  }

  /** Resolves when nothing is under way and no timer is left, which needs all waiters to be gone. */
  async settled(): Promise<void> {
    this.#timer?.cancel();
    await this.#run;
  }

  async #serveAwake(): Promise<void> {
    const { lanes } = this.options;
    for (let lane = lanes.nextAwake(); lane !== undefined; lane = lanes.nextAwake())
      await this.#serveHead(lane);
    // No await from the last look at the lanes to here: what wakes one later starts a new run.
    this.#running = false;
    this.#arm();
  }

  async #serveHead(lane: Lane): Promise<void> {
    const waiter = lane.head;
    if (waiter === undefined) return;
    const target = lane.takeTarget();
    try {
      const { request } = waiter.options;
      const narrowed = target === null ? request : { ...request, tokenId: target };
      const acquisition = await this.options.balancer.acquire(narrowed);
      if (acquisition.outcome !== 'acquired') {
        this.#sleep(lane, acquisition.outcome === 'busy' ? acquisition.retryAt : null);
        return;
      }
      lane.wake(target); // Where one lease was free, there may be another.
      await this.#handOver(waiter, acquisition.lease);
    } catch (error) {
      this.#failed({ lane, waiter, target }, error);
    }
  }

  /** A waiter that gave up while its lease was taken does not want it any more. */
  async #handOver(waiter: Waiter, lease: Lease): Promise<void> {
    if (waiter.waiting) {
      this.#leave(waiter, 'acquired');
      waiter.grant(lease);
      return;
    }
    await lease.release().catch((error: unknown) => {
      this.#logger.error(`The lease of ${lease.holder} on ${lease.tokenId} could not be released.`, error);
    });
  }

  #sleep(lane: Lane, retryAt: number | null): void {
    const { clock } = this.options;
    const delayMs = Math.min((retryAt ?? Infinity) - clock.now(), RECHECK_MS);
    lane.dueAt = Math.min(lane.dueAt, clock.monotonic() + delayMs);
  }

  #failed({ lane, waiter, target }: Attempt, error: unknown): void {
    if (error instanceof BalancerError && error.code === 'lease_held') {
      if (waiter.waiting) this.refuse(waiter, error);
      lane.wake(target);
      return;
    }
    lane.dueAt = Math.min(lane.dueAt, this.options.clock.monotonic() + STORE_RETRY_MS);
    this.#logger.warn(`Leases cannot be taken: ${String(error)} Trying again in ${STORE_RETRY_MS} ms.`);
  }

  #leave(waiter: Waiter, outcome: 'acquired' | 'aborted'): void {
    const { lanes, clock, observer } = this.options;
    lanes.remove(waiter);
    const waitedMs = clock.monotonic() - waiter.options.since;
    observer.waited({ resource: 'balancer.admission', waitedMs, holder: undefined, outcome });
  }

  #arm(): void {
    const { lanes, clock } = this.options;
    this.#timer?.cancel();
    const dueAt = lanes.nextDueAt();
    if (dueAt === Infinity) return;
    this.#timer = clock.setTimer(() => {
      lanes.wakeDue(clock.monotonic());
      this.serve();
    }, dueAt - clock.monotonic());
  }
}
