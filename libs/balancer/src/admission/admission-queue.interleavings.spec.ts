import fc from 'fast-check';
import { ManualClock, SeededRandom } from 'penstock/kernel/testing';
import { aToken, loadedTokenCache } from 'penstock/token-cache/testing';
import { describe, expect, it } from 'vitest';

import { aBalancer, aLeaseRequest, RemoteLeaseStore } from '../../testing/index.js';
import type { Balancer } from '../balancer.js';
import type { Lease, LeaseBounds, LeaseClaim, LeaseRequest } from '../lease.js';
import { InMemoryLeaseStore } from '../strategies/in-memory-lease-store.js';
import { PowerOfTwoChoices } from '../strategies/power-of-two-choices.js';
import { AdmissionQueue } from './admission-queue.js';
import type { Ticket } from './ticket.js';

const LIMITS = new Map([
  ['a', 1],
  ['b', 1],
  ['c', 2],
]);

/** Messages between processes and the store, each of which arrives when it is told to. */
class Traffic {
  readonly #travelling: (() => void)[] = [];
  readonly travel = (): Promise<void> => new Promise((resolve) => this.#travelling.push(resolve));

  get size(): number {
    return this.#travelling.length;
  }

  arrive(pick: number): void {
    const [message] = this.#travelling.splice(pick % Math.max(1, this.size), 1);
    message?.();
  }
}

/** Notes what goes past the limits. */
class SharedStore extends InMemoryLeaseStore {
  readonly violations: LeaseClaim[] = [];

  override async reserve(claim: LeaseClaim, bounds: LeaseBounds): Promise<boolean> {
    const granted = await super.reserve(claim, bounds);
    const most = LIMITS.get(claim.tokenId) ?? 0;
    if (granted && this.inFlight('token', claim.tokenId, claim.kind) > most) this.violations.push(claim);
    return granted;
  }
}

/** Two processes with a queue each, on one store that is far from both. */
class Cluster {
  readonly clock = new ManualClock();
  readonly traffic = new Traffic();
  readonly store = new SharedStore();
  readonly entries: { readonly request: LeaseRequest; readonly ticket: Ticket }[] = [];
  readonly leases: Lease[] = [];
  readonly balancers: Balancer[] = [];
  readonly queues: AdmissionQueue[] = [];
  #sharing = false;
  readonly #releases: Promise<void>[] = [];

  async open(): Promise<void> {
    const tokens = [...LIMITS].map(([id, video]) => aToken({ id, limits: { video } }));
    const cache = await loadedTokenCache(this.clock, tokens);
    for (const seed of [1, 2]) {
      const store = new RemoteLeaseStore({ travel: this.traffic.travel, remote: this.store });
      const strategy = new PowerOfTwoChoices(new SeededRandom(seed));
      const balancer = aBalancer({ cache, store, strategy, clock: this.clock });
      this.balancers.push(balancer);
      this.queues.push(new AdmissionQueue(balancer, {}, this.clock));
    }
  }

  enter(process: number, changes: Partial<LeaseRequest>): void {
    const request = aLeaseRequest({ ...changes, holder: `holder-${this.entries.length}` });
    const ticket = this.queues[process]?.enter(request);
    if (ticket === undefined) return;
    this.entries.push({ request, ticket });
    void ticket.lease.then(
      (lease) => this.leases.push(lease),
      () => undefined,
    );
  }

  cancel(pick: number): void {
    this.entries[pick % Math.max(1, this.entries.length)]?.ticket.cancel();
  }

  release(pick: number): void {
    const [lease] = this.leases.splice(pick % Math.max(1, this.leases.length), 1);
    if (lease !== undefined) this.#releases.push(lease.release());
  }

  /** Both processes share other limits from now on. */
  configure(atOnce: number): void {
    this.#sharing = true;
    const limits = { providers: { acme: { limits: { video: atOnce } } } };
    for (const balancer of this.balancers) {
      balancer.configure({ strategies: { default: 'the only one' }, limits });
    }
  }

  get waiting(): readonly LeaseRequest[] {
    return this.entries.filter(({ ticket }) => ticket.position() !== null).map(({ request }) => request);
  }

  /** Tokens that are free while somebody waits for them. */
  get idle(): readonly string[] {
    const verdicts = this.waiting.flatMap((request) => this.balancers[0]?.explain(request) ?? []);
    return verdicts.filter(({ verdict }) => verdict === 'ready').map(({ tokenId }) => tokenId);
  }

  /** Lets every message arrive; and time pass, for tokens that were refused because of a limit that they share. */
  async quiesce(): Promise<void> {
    await this.#drain();
    if (!this.#sharing) return;
    await this.clock.advance(1_000);
    await this.#drain();
  }

  async #drain(): Promise<void> {
    await this.clock.advance(0);
    while (this.traffic.size > 0) {
      this.traffic.arrive(0);
      await this.clock.advance(0);
    }
  }
}

const step = fc.record({
  do: fc.constantFrom(
    'enter',
    'enter',
    'enter',
    'arrive',
    'arrive',
    'arrive',
    'release',
    'cancel',
    'configure',
  ),
  process: fc.nat(1),
  changes: fc.constantFrom<Partial<LeaseRequest>>({}, { tokenId: 'a' }, { excluded: new Set(['a']) }),
  pick: fc.nat(),
  atOnce: fc.constantFrom(-1, 1, 2, 3),
});

describe('AdmissionQueues of two processes on one remote store', () => {
  it('never pass a limit, leak nothing and serve everybody, however messages and calls interleave', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 50 }), async (steps) => {
        const cluster = new Cluster();
        await cluster.open();
        for (const { do: action, process, changes, pick, atOnce } of steps) {
          if (action === 'enter') cluster.enter(process, changes);
          else if (action === 'arrive') cluster.traffic.arrive(pick);
          else if (action === 'release') cluster.release(pick);
          else if (action === 'configure') cluster.configure(atOnce);
          else cluster.cancel(pick);
          await Promise.resolve();
        }
        await cluster.quiesce();
        expect(cluster.store.size).toBe(cluster.leases.length);
        expect(cluster.idle).toEqual([]);
        for (let left = steps.length; left >= 0 && cluster.leases.length > 0; left--) {
          cluster.release(0);
          await cluster.quiesce();
          expect(cluster.idle).toEqual([]);
        }
        expect(cluster.store.violations).toEqual([]);
        expect([cluster.waiting.length, cluster.store.size]).toEqual([0, 0]);
        await Promise.all(cluster.queues.map((queue) => queue.onModuleDestroy()));
        expect(cluster.clock.pendingTimers).toBe(0);
      }),
      { numRuns: 600 },
    );
  });
});
