import fc from 'fast-check';
import { ManualClock } from 'penstock/kernel/testing';
import { type PooledToken, TokenCache } from 'penstock/token-cache';
import { aToken, FakeTokenSource } from 'penstock/token-cache/testing';
import { describe, expect, it } from 'vitest';

import { aBalancer, aLeaseRequest } from '../../testing/index.js';
import type { Balancer } from '../balancer.js';
import type { LeaseRequest } from '../lease.js';
import { InMemoryLeaseStore } from '../strategies/in-memory-lease-store.js';
import { RoundRobin } from '../strategies/round-robin.js';
import { nextTurn } from './next-turn.js';

const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const LIMITS = { groups: { org: { limits: { video: 2 } } }, providers: { other: { limits: { image: 1 } } } };
const REQUESTS: readonly Partial<LeaseRequest>[] = [
  {},
  { kind: 'image' },
  { providers: ['acme', 'other'] },
  { providers: ['other'], kind: 'image' },
  { excluded: new Set(['a', 'c']) },
];

const anyEdit = fc.record({
  provider: fc.constantFrom('acme', 'acme', 'other'),
  enabled: fc.boolean(),
  limits: fc.constantFrom({}, { video: 0 }, { video: 1, image: 2 }),
  weight: fc.constantFrom(0, 1),
  quotaGroup: fc.constantFrom(null, 'org'),
  coolMs: fc.constantFrom(0, 0, 50),
  expireMs: fc.constantFrom(null, 80),
});
type Edit = typeof anyEdit extends fc.Arbitrary<infer T> ? T : never;

const anyStep = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('edit' as const), id: fc.constantFrom(...IDS), edit: anyEdit }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), id: fc.constantFrom(...IDS) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('ask' as const), which: fc.constantFrom(...REQUESTS) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('adopt' as const), id: fc.constantFrom(...IDS) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('turn' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(10, 60) }) },
);
type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never;

/** A balancer whose pools fill up slowly, beside others that are made anew and fill up in one go. */
class World {
  readonly clock = new ManualClock();
  readonly cache = new TokenCache(new FakeTokenSource(), {}, this.clock);
  readonly store = new InMemoryLeaseStore(this.clock);
  readonly slow = this.#balancer(1);
  #count = 0;

  async open(edits: readonly Edit[]): Promise<void> {
    await this.cache.refresh();
    for (const [index, edit] of edits.entries()) this.#put(IDS[index] ?? '', edit);
  }

  async run(step: Step): Promise<void> {
    if (step.do === 'edit') this.#put(step.id, step.edit);
    else if (step.do === 'remove') this.cache.remove(step.id);
    else if (step.do === 'ask') this.slow.isServable(aLeaseRequest(step.which));
    else if (step.do === 'adopt') await this.slow.adopt(`holder-${++this.#count}`, step.id, 'video');
    else if (step.do === 'turn') await nextTurn();
    else await this.clock.advance(step.ms);
  }

  /** What one balancer knows of requests of one sort. */
  viewOf(balancer: Balancer, which: Partial<LeaseRequest>): { servable: boolean; ready: readonly string[] } {
    const request = aLeaseRequest(which);
    const servable = balancer.isServable(request);
    const ready = balancer.pools.of(request).ready(IDS.length);
    return { servable, ready: ready.map(({ token }) => token.id).sort() };
  }

  /** What is slow to fill up knows nothing wrong. */
  compare(which: Partial<LeaseRequest>): void {
    const [slow, whole] = [this.viewOf(this.slow, which), this.viewOf(this.#whole(), which)];
    expect(slow.servable).toBe(whole.servable);
    expect(whole.ready).toEqual(expect.arrayContaining([...slow.ready]));
  }

  /** Once it is filled up, it knows all. */
  compareWhole(): void {
    const present = this.#whole();
    for (const which of REQUESTS) expect(this.viewOf(this.slow, which)).toEqual(this.viewOf(present, which));
  }

  /** A balancer that knows all of the present at once. */
  #whole(): Balancer {
    return this.#balancer(IDS.length);
  }

  #put(id: string, { coolMs, expireMs, ...rest }: Edit): void {
    const now = this.clock.now();
    const times: Partial<PooledToken> = {
      coolingUntil: now + coolMs,
      expiresAt: expireMs === null ? null : now + expireMs,
    };
    this.cache.put(aToken({ id, ...rest, ...times, version: ++this.#count }));
  }

  #balancer(sliceSize: number): Balancer {
    const { cache, clock, store } = this;
    return aBalancer({ cache, clock, store, strategy: new RoundRobin(), limits: LIMITS, sliceSize });
  }
}

describe('a pool that fills up slowly', () => {
  it('knows at every moment whether it is servable and offers nothing wrong, and ends as if filled in one go', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyEdit, { minLength: 2, maxLength: IDS.length }),
        fc.array(anyStep, { maxLength: 30 }),
        async (edits, steps) => {
          const world = new World();
          await world.open(edits);
          for (const step of steps) {
            await world.run(step);
            if (step.do === 'ask') world.compare(step.which);
          }
          for (const which of REQUESTS) world.slow.isServable(aLeaseRequest(which));
          for (let turn = 0; turn < IDS.length; turn += 1) await nextTurn();
          world.compareWhole();
        },
      ),
      { numRuns: 200 },
    );
  });
});
