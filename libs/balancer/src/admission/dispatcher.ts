import { Logger } from '@nestjs/common';
import type { WaitObserver } from 'penstock/concurrency';
import type { Clock, Timer } from 'penstock/kernel';

import type { Acquisition, Balancer } from '../balancer.js';
import { BalancerError } from '../balancer.errors.js';
import type { Lease } from '../lease.js';
import type { Lane } from './lane.js';
import type { LaneSet } from './lane-set.js';
import { forEachPriority } from './priority.js';
import { ServiceRate } from './service-rate.js';
import type { Waiter } from './waiter.js';

/** While somebody waits, the lease store is asked anew this often: word of a release may be lost. */
const RECHECK_MS = 30_000;
/** Pause after the lease store failed. */
const STORE_RETRY_MS = 1_000;

/** What a {@link Dispatcher} works with. */
export interface DispatcherOptions {
  readonly lanes: LaneSet;
  readonly balancer: Pick<Balancer, 'acquire' | 'pools'>;
  readonly clock: Clock;
  readonly observer: WaitObserver;
}

/**
 * Gives leases to waiters, one at a time and in turn: of those that a ready token can serve, always the one whose turn
 * is first. Lanes sleep until a token of theirs becomes ready.
 */
export class Dispatcher {
  /** Of those that had to wait, in all lanes. */
  readonly rate = new ServiceRate();
  /** Of those of one priority. */
  readonly rates = forEachPriority(() => new ServiceRate());
  readonly #logger = new Logger('AdmissionQueue');
  readonly #unlisten: () => void;
  #running = false;
  #scheduled = false;
  #run: Promise<void> = Promise.resolve();
  #timer: Timer | undefined;
  #recheckAt = Infinity;
  /** The lease store failed and is left alone until then. */
  #pausedUntil = -Infinity;

  constructor(private readonly options: DispatcherOptions) {
    this.#unlisten = options.balancer.pools.listen({
      ready: (key) => {
        this.#wake(key);
      },
      dueEarlier: () => {
        if (!this.#running) this.#arm();
      },
    });
  }

  /** Takes a waiter in; where a token is ready and it is its turn, it gets the lease at once. */
  admit(waiter: Waiter): void {
    this.options.lanes.add(waiter);
    this.#serve();
    waiter.hadToWait = waiter.waiting;
  }

  /** Ends the wait of a waiter without a lease. */
  refuse(waiter: Waiter, error: BalancerError): void {
    this.#leave(waiter, 'aborted');
    waiter.refuse(error);
  }

  /** Resolves when nothing is under way and no timer is left, which needs all waiters to be gone. */
  async settled(): Promise<void> {
    this.#unlisten();
    this.#timer?.cancel();
    await this.#run;
  }

  /** Whoever tells is in the middle of a change, so serving waits until that is over. */
  #wake(key: string | null): void {
    const { lanes } = this.options;
    const lane = key === null ? undefined : lanes.get(key);
    for (const each of key === null ? lanes.all() : lane === undefined ? [] : [lane]) {
      each.fruitless = 0;
      lanes.wake(each);
    }
    if (this.#running || this.#scheduled || lanes.size === 0) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#serve();
    });
  }

  #serve(): void {
    if (this.#running) return;
    this.#running = true;
    this.#run = this.#serveAwake();
  }

  async #serveAwake(): Promise<void> {
    const { lanes, balancer } = this.options;
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const { lane, waiter } = next;
      // It counts as tried from here on: what wakes it meanwhile wakes it again.
      lanes.sleep(lane);
      try {
        const acquiring = balancer.acquire(waiter.request);
        const acquisition = acquiring instanceof Promise ? await acquiring : acquiring;
        const handing = this.#conclude(lane, waiter, acquisition);
        if (handing !== undefined) await handing;
      } catch (error) {
        this.#failed(lane, waiter, error);
      }
    }
    // No await from the last look at the lanes to here: what wakes one later starts a new run.
    this.#running = false;
    this.#arm();
  }

  #next(): ReturnType<LaneSet['next']> {
    return this.#pausedUntil > this.options.clock.monotonic() ? undefined : this.options.lanes.next();
  }

  #conclude(lane: Lane, waiter: Waiter, acquisition: Acquisition): Promise<void> | undefined {
    const { lanes } = this.options;
    if (acquisition.outcome !== 'acquired') {
      // Others of the lane may take what this one could not, but not for ever on the word of a strategy that errs.
      lane.fruitless += 1;
      if (lane.fruitless <= lane.waiters.size) lanes.wake(lane);
      return undefined;
    }
    lane.fruitless = 0;
    lanes.wake(lane);
    return this.#handOver(lane, waiter, acquisition.lease);
  }

  /** A waiter that gave up while its lease was taken does not want it any more. */
  #handOver(lane: Lane, waiter: Waiter, lease: Lease): Promise<void> | undefined {
    if (waiter.waiting) {
      const now = this.options.clock.monotonic();
      const rates = [lane.rate, this.rate, this.rates[waiter.options.priority]];
      if (waiter.hadToWait) for (const rate of rates) rate.granted(now);
      this.#leave(waiter, 'acquired');
      waiter.grant(lease);
      return undefined;
    }
    return lease.release().catch((error: unknown) => {
      this.#logger.error(`The lease of ${lease.holder} on ${lease.tokenId} could not be released.`, error);
    });
  }

  #failed(lane: Lane, waiter: Waiter, error: unknown): void {
    const { lanes, clock } = this.options;
    const held = error instanceof BalancerError && error.code === 'lease_held';
    if (held && waiter.waiting) this.refuse(waiter, error);
    lanes.wake(lane);
    if (held) return;
    this.#pausedUntil = clock.monotonic() + STORE_RETRY_MS;
    this.#logger.warn(`Leases cannot be taken: ${String(error)} Trying again in ${STORE_RETRY_MS} ms.`);
  }

  #leave(waiter: Waiter, outcome: 'acquired' | 'aborted'): void {
    const { lanes, clock, observer } = this.options;
    lanes.remove(waiter);
    const waitedMs = clock.monotonic() - waiter.options.since;
    waiter.context.runInAsyncScope(() => {
      observer.waited({ resource: 'balancer.admission', waitedMs, holder: undefined, outcome });
    });
    if (lanes.size === 0) this.#arm();
  }

  #arm(): void {
    const { lanes, clock, balancer } = this.options;
    this.#timer?.cancel();
    if (lanes.size === 0) {
      this.#recheckAt = Infinity;
      return;
    }
    const now = clock.monotonic();
    if (this.#recheckAt === Infinity) this.#recheckAt = now + RECHECK_MS;
    const { dueAt: changeAt } = balancer.pools;
    const dueAt = Math.min(changeAt, this.#recheckAt, this.#pausedUntil > now ? this.#pausedUntil : Infinity);
    this.#timer = clock.setTimer(() => {
      this.#due(clock.monotonic());
    }, dueAt - now);
  }

  #due(now: number): void {
    const { pools } = this.options.balancer;
    pools.advance();
    if (this.#recheckAt <= now) {
      this.#recheckAt = Infinity;
      void pools.recount();
      this.#wake(null);
    }
    this.#serve();
  }
}
