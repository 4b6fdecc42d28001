import fc from 'fast-check';
import { ManualClock, SeededRandom } from 'penstock/kernel/testing';
import { type PooledToken, TokenCache } from 'penstock/token-cache';
import { aToken, FakeTokenSource } from 'penstock/token-cache/testing';
import { describe, expect, it } from 'vitest';

import { aLeaseRequest } from '../../testing/index.js';
import { Balancer } from '../balancer.js';
import type { Lease, LeaseClaim, LeaseRequest } from '../lease.js';
import { InMemoryLeaseStore } from '../strategies/in-memory-lease-store.js';
import { PowerOfTwoChoices } from '../strategies/power-of-two-choices.js';
import { explain, limitOf } from '../verdict.js';
import { AdmissionQueue } from './admission-queue.js';
import type { Ticket } from './ticket.js';
import { laneKey } from './waiter.js';

const IDS = ['a', 'b', 'c'];
const MAX_WAITING = 6;

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('enter' as const),
      lane: fc.constantFrom<Partial<LeaseRequest>>(
        {},
        { kind: 'image' },
        { providers: ['acme', 'other'] },
        { tokenId: 'a' },
        { tokenId: 'c', providers: ['other'] },
        { excluded: new Set(['a']) },
      ),
      force: fc.boolean(),
      front: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), pick: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('release' as const), pick: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('change' as const),
      id: fc.constantFrom(...IDS),
      enabled: fc.boolean(),
      limit: fc.constantFrom(-1, 0, 1, 2),
      coolMs: fc.constantFrom(0, 100, 5_000),
      expireMs: fc.constantFrom(null, 0, 300),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), id: fc.constantFrom(...IDS) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('adopt' as const), id: fc.constantFrom(...IDS) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1, 100, 6_000) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Notes every lease that was granted on a token that was not ready for it. */
class WatchedStore extends InMemoryLeaseStore {
  readonly violations: unknown[] = [];

  constructor(
    private readonly cache: TokenCache,
    private readonly clock: ManualClock,
  ) {
    super();
  }

  override reserve(claim: LeaseClaim, limit: number): Promise<boolean> {
    const token = this.cache.get(claim.tokenId);
    const inFlight = this.inFlight(claim.tokenId, claim.kind);
    const request = aLeaseRequest({ kind: claim.kind });
    const verdict = token && explain({ token, request, inFlight, now: this.clock.now() });
    if (verdict?.verdict !== 'ready' || limit !== limitOf(token ?? aToken(), claim.kind)) {
      this.violations.push({ claim, limit, verdict });
    }
    return super.reserve(claim, limit);
  }
}

interface Entry {
  readonly request: LeaseRequest;
  readonly ticket: Ticket;
  readonly front: boolean;
}

class World {
  readonly clock = new ManualClock();
  readonly cache = new TokenCache(new FakeTokenSource(), {}, this.clock);
  readonly store = new WatchedStore(this.cache, this.clock);
  readonly balancer = new Balancer(
    this.cache,
    this.store,
    new PowerOfTwoChoices(new SeededRandom(3)),
    this.clock,
  );
  readonly queue = new AdmissionQueue(this.balancer, { maxWaiting: MAX_WAITING }, this.clock);
  readonly leases: Lease[] = [];
  readonly grants: Entry[] = [];
  waiting: Entry[] = [];
  #count = 0;

  async open(): Promise<void> {
    await this.cache.refresh();
    for (const id of IDS) this.put(id);
  }

  put(id: string, changes: Partial<PooledToken> = {}): void {
    const provider = id === 'c' ? 'other' : 'acme';
    this.cache.put(aToken({ id, provider, limits: { video: 1 }, version: ++this.#count, ...changes }));
  }

  async run(each: Step): Promise<void> {
    if (each.do === 'enter') this.enter(each.lane, each.force, each.front);
    else if (each.do === 'cancel') this.cancel(each.pick);
    else if (each.do === 'release') await this.release(each.pick);
    else if (each.do === 'remove') this.cache.remove(each.id);
    else if (each.do === 'adopt') await this.adopt(each.id);
    else if (each.do === 'pass') await this.clock.advance(each.ms);
    else this.change(each);
    await this.clock.advance(0);
  }

  enter(lane: Partial<LeaseRequest>, force: boolean, front: boolean): void {
    const request = aLeaseRequest({ ...lane, holder: `holder-${++this.#count}` });
    const servable = this.balancer.isServable(request);
    const admissible = servable && this.queue.stats().waiting < MAX_WAITING;
    if (!force && !admissible) {
      const code = servable ? 'queue_full' : 'no_usable_token';
      expect(() => this.queue.enter(request)).toThrow(expect.objectContaining({ code }));
      return;
    }
    const entry = { request, front, ticket: this.queue.enter(request, { force, front }) };
    this.waiting.push(entry);
    void entry.ticket.lease.then(
      (lease) => {
        this.leases.push(lease);
        this.grants.push(entry);
      },
      () => undefined,
    );
  }

  cancel(pick: number): void {
    const entry = this.waiting[pick % Math.max(1, this.waiting.length)];
    if (entry === undefined) return;
    expect(entry.ticket.cancel()).toBe(true);
    this.waiting = this.waiting.filter((each) => each !== entry);
  }

  async release(pick: number): Promise<void> {
    const [lease] = this.leases.splice(pick % Math.max(1, this.leases.length), 1);
    await lease?.release();
  }

  async adopt(id: string): Promise<void> {
    this.leases.push(await this.balancer.adopt(`adopted-${++this.#count}`, id, 'video'));
  }

  change({ id, enabled, limit, coolMs, expireMs }: Extract<Step, { do: 'change' }>): void {
    const now = this.clock.now();
    const expiresAt = expireMs === null ? null : now + expireMs;
    this.put(id, { enabled, limits: { video: limit }, coolingUntil: now + coolMs, expiresAt });
  }

  /** Takes the new grants out of the model's queues, where they must have been the first of their lanes. */
  checkTurns(): void {
    for (const granted of this.grants.splice(0)) {
      expect(this.lane(granted)[0]).toBe(granted);
      this.waiting = this.waiting.filter((entry) => entry !== granted);
    }
    for (const entry of this.waiting) {
      expect(entry.ticket.position()).toBe(this.lane(entry).indexOf(entry) + 1);
    }
  }

  checkState(): void {
    expect(this.store.violations).toEqual([]);
    expect(this.store.size).toBe(this.leases.length);
    expect(this.queue.stats().waiting).toBe(this.waiting.length);
    for (const { request } of this.waiting) {
      expect(this.balancer.explain(request).filter(({ verdict }) => verdict === 'ready')).toEqual([]);
    }
  }

  lane(of: Entry): Entry[] {
    const lane = this.waiting.filter(({ request }) => laneKey(request) === laneKey(of.request));
    return [...lane.filter(({ front }) => front), ...lane.filter(({ front }) => !front)];
  }
}

describe('AdmissionQueue under any sequence of events', () => {
  it('keeps limits and turns, leaks nothing, lets no token idle that somebody waits for, and serves all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const world = new World();
        await world.open();
        for (const each of steps) {
          await world.run(each);
          world.checkTurns();
          world.checkState();
        }
        for (const id of IDS) world.put(id);
        for (let left = steps.length; left >= 0; left--) {
          await world.clock.advance(0);
          world.checkTurns();
          world.checkState();
          while (world.leases.length > 0) await world.release(0);
        }
        expect(world.waiting).toEqual([]);
        await world.queue.onModuleDestroy();
        expect([world.clock.pendingTimers, world.store.size]).toEqual([0, 0]);
      }),
      { numRuns: 300 },
    );
  });
});
