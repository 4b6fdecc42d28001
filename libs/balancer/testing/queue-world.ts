import {
  AdmissionQueue,
  type Balancer,
  type BalancerLimits,
  type BalancingStrategy,
  type Lease,
  type LeaseRequest,
  PRIORITIES,
  type Returning,
} from 'penstock/balancer';
import { ManualClock } from 'penstock/kernel/testing';
import { type PooledToken, TokenCache } from 'penstock/token-cache';
import { aToken, FakeTokenSource } from 'penstock/token-cache/testing';
import { expect } from 'vitest';

import { aBalancer } from './a-balancer.js';
import { aLeaseRequest } from './a-lease-request.js';
import { LearntTokens } from './learnt-tokens.js';
import { LimitsInForce } from './limits-in-force.js';
import { IDS, type Step } from './queue-steps.js';
import { backOf, WaitingEntries, type WaitingEntry } from './waiting-entries.js';
import { WatchedLeaseStore } from './watched-lease-store.js';

/** Places of each priority. */
const MAX_WAITING = 4;

/** Tokens, a queue and everything that can happen to them, checked against what must hold at every moment. */
export class QueueWorld {
  readonly clock = new ManualClock();
  readonly source = new FakeTokenSource();
  readonly cache = new TokenCache(this.source, {}, this.clock);
  readonly store: WatchedLeaseStore;
  readonly #tokens = new LearntTokens(this.cache, this.clock);
  readonly #waiting = new WaitingEntries();
  readonly #limits = new LimitsInForce(this.cache);
  #headStartMs = 1_000;
  #balancer: Balancer;
  #queue: AdmissionQueue;
  readonly #leases: Lease[] = [];
  readonly #grants: { readonly entry: WaitingEntry; readonly tokenId: string }[] = [];
  #count = 0;

  /** @param sliceSize - tokens that a new pool takes in at once; at least half of them */
  constructor(
    private readonly strategy: BalancingStrategy,
    private readonly sliceSize: number = IDS.length,
  ) {
    this.store = new WatchedLeaseStore(
      {
        mayUse: (id) => this.#tokens.mayUse(id),
        atOnce: (scope, name, kind) => this.#limits.atOnce(scope, name, kind),
        perMinute: (scope, name) => this.#limits.perMinute(scope, name),
      },
      this.clock,
    );
    this.#balancer = this.#newBalancer();
    this.#queue = this.#newQueue();
  }

  /** Those who wait, the first to enter first. */
  get waiting(): readonly WaitingEntry[] {
    return this.#waiting.all;
  }

  async open(): Promise<void> {
    await this.cache.refresh();
    for (const id of IDS) this.#put(id, true, {});
  }

  async run(step: Step): Promise<void> {
    await this.#carryOut(step);
    await this.#settle();
  }

  /** What must hold whatever happened. */
  check(): void {
    for (const { entry: granted, tokenId } of this.#grants.splice(0)) {
      // Nobody of the same lane who could have been served with that token stood before it.
      const lane = this.#waiting.laneOf(granted, this.#headStartMs);
      const ahead = lane.slice(0, lane.indexOf(granted));
      expect(ahead.filter(({ request }) => !request.excluded.has(tokenId))).toEqual([]);
      this.#waiting.remove(granted);
    }
    for (const entry of this.waiting) {
      expect(entry.ticket.position()).toBe(this.#waiting.laneOf(entry, this.#headStartMs).indexOf(entry) + 1);
      const verdicts = this.#balancer.explain(entry.request);
      expect(verdicts.filter(({ verdict }) => verdict === 'ready')).toEqual([]);
    }
    expect(this.store.violations).toEqual([]);
    expect(this.store.size).toBe(this.#leases.length);
    const { waiting, priorities } = this.#queue.stats();
    expect(waiting).toBe(this.waiting.length);
    for (const each of PRIORITIES) expect(priorities[each].waiting).toBe(this.#waiting.of(each).length);
  }

  /** Makes every token good, and lets all have their turn. */
  async finish(): Promise<void> {
    this.#configure({});
    for (const id of IDS) this.#put(id, true, {});
    for (let left = this.waiting.length; left >= 0; left--) {
      await this.clock.advance(60_000);
      await this.#settle();
      this.check();
      while (this.#leases.length > 0) await this.#release(0);
    }
  }

  async close(): Promise<void> {
    await this.#queue.onModuleDestroy();
    this.#balancer.onModuleDestroy();
  }

  /** Until new pools are whole, and served what they took in last. */
  async #settle(): Promise<void> {
    for (let turn = 0; turn < 3; turn += 1) await this.clock.advance(0);
  }

  async #carryOut(step: Step): Promise<void> {
    if (step.do === 'enter') this.#enter(step);
    else if (step.do === 'cancel') this.#cancel(step.pick);
    else if (step.do === 'release') await this.#release(step.pick);
    else if (step.do === 'refresh') await this.cache.refresh();
    else if (step.do === 'crash') await this.#crash();
    else if (step.do === 'pass') await this.clock.advance(step.ms);
    else this.#alter(step);
  }

  #alter(step: Exclude<Step, { do: 'enter' | 'cancel' | 'release' | 'refresh' | 'crash' | 'pass' }>): void {
    if (step.do === 'remove') this.#remove(step.id);
    else if (step.do === 'configure') this.#configure(step.limits);
    else if (step.do === 'headStart') this.#giveHeadStart(step.ms);
    else if (step.do === 'jump') this.clock.jump(step.ms);
    else this.#change(step);
  }

  #enter({ lane, force, priority, askedBeforeMs }: Extract<Step, { do: 'enter' }>): void {
    const request = aLeaseRequest({ ...lane, holder: `holder-${++this.#count}` });
    const asking = { priority, asked: { at: this.clock.monotonic() - askedBeforeMs } };
    const servable = this.#balancer.isServable(request);
    const admissible = servable && this.#waiting.of(priority).length < MAX_WAITING;
    if (!force && !admissible) {
      const code = servable ? 'queue_full' : 'no_usable_token';
      expect(() => this.#queue.enter(request, asking)).toThrow(expect.objectContaining({ code }));
      return;
    }
    this.#admit(request, force, asking);
  }

  #admit(request: LeaseRequest, force: boolean, asking: Returning): void {
    const { priority } = asking;
    const entry = { request, priority, ticket: this.#queue.enter(request, { force, ...asking }) };
    this.#waiting.add(entry);
    void entry.ticket.lease.then(
      (lease) => {
        this.#leases.push(lease);
        this.#grants.push({ entry, tokenId: lease.tokenId });
      },
      () => undefined,
    );
  }

  #cancel(pick: number): void {
    const entry = this.#waiting.pick(pick);
    if (entry === undefined) return;
    expect(entry.ticket.cancel()).toBe(true);
    this.#waiting.remove(entry);
  }

  async #release(pick: number): Promise<void> {
    const [lease] = this.#leases.splice(pick % Math.max(1, this.#leases.length), 1);
    await lease?.release();
  }

  /** The process ends and starts anew: leases are adopted by their holders, waiters come back in turn. */
  async #crash(): Promise<void> {
    const held = this.#leases.splice(0);
    const waiting = this.#waiting.removeAll();
    await this.close();
    for (const lease of held) await lease.release();
    this.#tokens.learnAll();
    this.#balancer = this.#newBalancer();
    this.#queue = this.#newQueue();
    for (const { holder, tokenId, kind } of held) {
      this.#leases.push(await this.#balancer.adopt(holder, tokenId, kind, this.clock.now() - 60_000));
    }
    for (const entry of this.#queue.inTurn(waiting, backOf)) this.#admit(entry.request, true, backOf(entry));
  }

  #change({
    id,
    told,
    limit,
    coolMs,
    expireMs,
    ramp,
    rate,
    quota,
    ...rest
  }: Extract<Step, { do: 'change' }>): void {
    const now = this.clock.now();
    this.#put(id, told, {
      enabled: rest.enabled,
      limits: { video: limit },
      coolingUntil: now + coolMs,
      expiresAt: expireMs === null ? null : now + expireMs,
      rampLimit: ramp,
      requestsPerMinute: rate,
      quotaRemaining: quota,
      quotaResetsAt: quota === null ? null : now + 2_000,
      quotaGroup: rest.group,
      weight: rest.weight,
    });
  }

  /** @param told - whether the cache hears of it at once, not at the next refresh */
  #put(id: string, told: boolean, changes: Partial<PooledToken>): void {
    const provider = id === 'd' ? 'other' : 'acme';
    const token = aToken({ id, provider, limits: { video: 1 }, version: ++this.#count, ...changes });
    this.source.save(token);
    if (told) this.cache.put(token);
  }

  #remove(id: string): void {
    this.source.delete(id);
    this.cache.remove(id);
  }

  #configure(limits: BalancerLimits): void {
    this.#limits.shared = limits;
    this.#balancer.configure({ strategies: { default: 'the only one' }, limits });
  }

  #giveHeadStart(ms: number): void {
    this.#headStartMs = ms;
    this.#queue.configure({ priorityHeadStartMs: ms });
  }

  #newBalancer(): Balancer {
    const { cache, clock, store, strategy, sliceSize } = this;
    return aBalancer({ cache, clock, store, strategy, limits: this.#limits.shared, sliceSize });
  }

  #newQueue(): AdmissionQueue {
    const options = { maxWaiting: MAX_WAITING, priorityHeadStartMs: this.#headStartMs };
    return new AdmissionQueue(this.#balancer, options, this.clock);
  }
}
