import { ManualClock } from 'penstock/kernel/testing';
import type { PooledToken, TokenCache } from 'penstock/token-cache';
import { loadedTokenCache } from 'penstock/token-cache/testing';
import { beforeEach } from 'vitest';

import type { Acquisition, Balancer } from '../src/balancer.js';
import type { Lease } from '../src/lease.js';
import type { BalancerLimits } from '../src/limits.js';
import type { LeaseStore } from '../src/ports/lease-store.js';
import { InMemoryLeaseStore } from '../src/strategies/in-memory-lease-store.js';
import { aBalancer } from './a-balancer.js';
import { aLeaseRequest } from './a-lease-request.js';

interface Parts {
  readonly cache: TokenCache;
  readonly store: LeaseStore;
  readonly balancer: Balancer;
}

/** A balancer over tokens that each test of the suite around it says. */
export class BalancerBench {
  clock = new ManualClock();
  /** What the next balancer is limited by. */
  limits: BalancerLimits = {};
  #parts: Parts | undefined;

  constructor() {
    beforeEach(() => {
      this.clock = new ManualClock();
      this.limits = {};
      this.#parts = undefined;
    });
  }

  get cache(): TokenCache {
    return this.#used.cache;
  }

  get store(): LeaseStore {
    return this.#used.store;
  }

  get balancer(): Balancer {
    return this.#used.balancer;
  }

  /** Makes the balancer. */
  readonly use = async (
    tokens: readonly PooledToken[],
    store: LeaseStore = new InMemoryLeaseStore(this.clock),
  ): Promise<void> => {
    const { clock, limits } = this;
    const cache = await loadedTokenCache(clock, tokens);
    this.#parts = { cache, store, balancer: aBalancer({ cache, store, clock, limits }) };
  };

  readonly acquire = async (changes: Parameters<typeof aLeaseRequest>[0] = {}): Promise<Acquisition> =>
    this.balancer.acquire(aLeaseRequest(changes));

  get #used(): Parts {
    if (this.#parts === undefined) throw new Error('Say the tokens first.');
    return this.#parts;
  }
}

/** The lease of an acquisition that must have got one. */
export function acquired(acquisition: Acquisition): Lease {
  if (acquisition.outcome !== 'acquired') throw new Error(`Got ${JSON.stringify(acquisition)}.`);
  return acquisition.lease;
}
