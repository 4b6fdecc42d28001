import { type Wait, WaitObserver } from 'penstock/concurrency';
import { ManualClock } from 'penstock/kernel/testing';
import type { PooledToken, TokenCache } from 'penstock/token-cache';
import { aToken, loadedTokenCache } from 'penstock/token-cache/testing';
import { afterEach, beforeEach, expect, vi } from 'vitest';

import { AdmissionQueue, type EntryOptions } from '../src/admission/admission-queue.js';
import type { Ticket } from '../src/admission/ticket.js';
import type { Balancer } from '../src/balancer.js';
import type { Lease, LeaseRequest } from '../src/lease.js';
import { InMemoryLeaseStore } from '../src/strategies/in-memory-lease-store.js';
import { aBalancer } from './a-balancer.js';
import { aLeaseRequest } from './a-lease-request.js';
import { RemoteLeaseStore } from './remote-lease-store.js';

class Recorder extends WaitObserver {
  constructor(private readonly waits: Wait[]) {
    super();
  }

  override waited(wait: Wait): void {
    this.waits.push(wait);
  }
}

/** A token that serves one video at a time. */
export const one = (id: string, changes: Partial<PooledToken> = {}): PooledToken =>
  aToken({ id, limits: { video: 1 }, ...changes });

/**
 * A queue before a balancer whose lease store is far away, for each test of the suite around it. After the test nothing
 * may wait and no timer may be left.
 */
export class QueueBench {
  clock = new ManualClock();
  store = this.storeThat(() => Promise.resolve());
  /** Granted leases by holder, in the order of the grants. */
  granted = new Map<string, Lease>();
  waits: Wait[] = [];
  #cache: TokenCache | undefined;
  #balancer: Balancer | undefined;
  #queue: AdmissionQueue | undefined;

  constructor() {
    beforeEach(() => {
      this.clock = new ManualClock();
      this.store = this.storeThat(() => Promise.resolve());
      this.waits = [];
      this.granted = new Map();
    });
    afterEach(async () => {
      await this.queue.onModuleDestroy();
      expect(this.clock.pendingTimers).toBe(0);
      const none = { waiting: 0, estimatedWaitMs: 0 };
      const priorities = { low: none, normal: none, high: none };
      expect(this.queue.stats()).toEqual({ ...none, lanes: 0, oldestWaitMs: 0, priorities });
      vi.restoreAllMocks();
    });
  }

  get cache(): TokenCache {
    return opened(this.#cache);
  }

  get balancer(): Balancer {
    return opened(this.#balancer);
  }

  get queue(): AdmissionQueue {
    return opened(this.#queue);
  }

  /** A store whose calls travel so long each way. */
  storeThat(travel: () => Promise<void>): RemoteLeaseStore {
    return new RemoteLeaseStore({ travel, remote: new InMemoryLeaseStore(this.clock) });
  }

  readonly open = async (...tokens: PooledToken[]): Promise<void> => {
    const { clock, store } = this;
    const cache = await loadedTokenCache(clock, tokens);
    const balancer = aBalancer({ cache, store, clock });
    const options = { maxWaiting: 5, fullRetryAfterMs: 700 };
    this.#cache = cache;
    this.#balancer = balancer;
    this.#queue = new AdmissionQueue(balancer, options, clock, new Recorder(this.waits));
  };

  readonly enter = (holder: string, changes: Partial<LeaseRequest> = {}, options?: EntryOptions): Ticket => {
    const ticket = this.queue.enter(aLeaseRequest({ holder, ...changes }), options);
    void ticket.lease.then(
      (lease) => this.granted.set(holder, lease),
      () => undefined,
    );
    return ticket;
  };

  readonly settle = (): Promise<void> => this.clock.advance(0);

  readonly release = async (holder: string): Promise<void> => {
    await this.granted.get(holder)?.release();
    await this.settle();
  };

  readonly served = (): string[] => [...this.granted.keys()];
}

function opened<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('Open the bench first.');
  return part;
}
