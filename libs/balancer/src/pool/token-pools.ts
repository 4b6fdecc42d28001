import type { Clock } from 'penstock/kernel';
import type { PooledToken, TokenCache } from 'penstock/token-cache';

import type { LeaseBounds, LeaseRequest, LeaseScope } from '../lease.js';
import { type BalancerLimits, tokenLimitOf } from '../limits.js';
import type { BalancingStrategy } from '../ports/balancing-strategy.js';
import type { EdgeView } from '../ports/edge-view.js';
import type { LeaseStore } from '../ports/lease-store.js';
import { branchOf } from './branch-of.js';
import { Deadlines } from './deadlines.js';
import { Filling } from './filling.js';
import { Gate } from './gate.js';
import { Gates } from './gates.js';
import { nextTurn } from './next-turn.js';
import type { Pool } from './pool.js';
import { PoolEntry } from './pool-entry.js';
import { PoolFiller } from './pool-filler.js';
import { PoolRegistry } from './pool-registry.js';
import type { Slot } from './slot.js';
import { SlotTable } from './slot-table.js';

/** What {@link TokenPools} are made of. */
export interface TokenPoolsOptions {
  readonly cache: TokenCache;
  readonly store: LeaseStore;
  readonly clock: Clock;
  readonly edges: EdgeView;
  readonly strategyOf: (model: string) => BalancingStrategy;
  readonly limits: BalancerLimits;
  /** Tokens that are looked at without a break where all of them are. */
  readonly sliceSize: number;
}

/** Hears what happens to the pools. It does not throw, and asks nothing of them within the call. */
export interface PoolListener {
  /** A token of the pools with this key became ready; `null` when that may be so in any pool. */
  ready(key: string | null): void;
  /** Something comes due before all that was to come. */
  dueEarlier(): void;
}

/**
 * For every request the tokens that are ready for it, kept up to date by each change of a token, of a lease and of the
 * time. A change costs O(log n) for each pool that has the token.
 */
export class TokenPools {
  readonly #listeners = new Set<PoolListener>();
  readonly #deadlines = new Deadlines<Slot | Gate>(() => {
    for (const listener of this.#listeners) listener.dueEarlier();
  });
  readonly #slots: SlotTable;
  readonly #filler: PoolFiller;
  #registry: PoolRegistry;
  #gates: Gates;

  constructor(private readonly options: TokenPoolsOptions) {
    const { deadlines, entriesFor } = { deadlines: this.#deadlines, entriesFor: this.#entriesFor.bind(this) };
    this.#filler = new PoolFiller(options.sliceSize);
    this.#registry = this.#newRegistry();
    this.#gates = this.#newGates(options.limits);
    this.#slots = new SlotTable({ ...options, deadlines, entriesFor });
    for (const { id } of options.cache.all()) this.#slots.takeOver(id);
  }

  /** Calls the listener from now on. Returns the way to end that. */
  listen(listener: PoolListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Starts anew with these limits, and with strategies that may be others. */
  reset(limits: BalancerLimits): void {
    for (const gate of this.#gates.all()) this.#deadlines.remove(gate);
    for (const slot of this.#slots.all()) slot.first = undefined;
    this.close();
    this.#registry = this.#newRegistry();
    this.#gates = this.#newGates(limits);
    for (const listener of this.#listeners) listener.ready(null);
  }

  /** Leaves pools as they are that are not whole yet. */
  close(): void {
    this.#filler.stop();
  }

  /**
   * The pool of a request. The first request of its sort makes it, and takes in the first tokens; the others follow with
   * breaks in which others have their turn.
   */
  of(request: LeaseRequest): Pool {
    this.advance();
    const strategy = this.options.strategyOf(request.model);
    return this.#registry.find(request, strategy) ?? this.#open(request, strategy);
  }

  /** Forgets the pool of a request that is bound to a token; it is made again when it is asked for. */
  drop(request: LeaseRequest): void {
    const pool = this.#registry.drop(request);
    const slot = pool?.tokenId == null ? undefined : this.#slots.get(pool.tokenId);
    if (pool === undefined) return;
    slot?.remove(pool);
    pool.close();
  }

  /** The places in a pool of those tokens that have one. */
  entriesOf(pool: Pool, tokenIds: ReadonlySet<string>): readonly PoolEntry[] {
    const entries: PoolEntry[] = [];
    for (const id of tokenIds) {
      const entry = this.#slots.get(id)?.entryOf(pool);
      if (entry !== undefined) entries.push(entry);
    }
    return entries;
  }

  /** What a new lease on the token of an entry must keep within. */
  boundsOf({ slot, pool, limit }: PoolEntry): LeaseBounds {
    return this.#gates.boundsOf(slot, pool.kind, limit);
  }

  /** What a new lease on a token must keep within, whichever pools it is in. */
  boundsOfToken(token: PooledToken, kind: string): LeaseBounds {
    return this.#gates.boundsOf(token, kind, tokenLimitOf(token, kind));
  }

  /** Uses the ready token that is next in a pool, those that the request excludes apart. */
  take(pool: Pool, excluded: ReadonlySet<string>): PoolEntry | undefined {
    const entry =
      excluded.size === 0 ? pool.take() : pool.without(this.entriesOf(pool, excluded), () => pool.take());
    if (entry !== undefined) this.#slots.expect(entry.slot);
    return entry;
  }

  /** Whether a token can serve requests of a pool, now or by waiting alone, those that are excluded apart. */
  isServable(pool: Pool, excluded: ReadonlySet<string>): boolean {
    const hidden = this.entriesOf(pool, excluded).filter(({ servable }) => servable).length;
    if (pool.servable > hidden) return true;
    const mayServe = (id: string): boolean => {
      const slot = excluded.has(id) ? undefined : this.#slots.get(id);
      return slot !== undefined && pool.covers(slot.token) && slot.mayServe(pool.kind);
    };
    return pool.filling?.some(mayServe) ?? false;
  }

  /** How far the wall clock was ahead of the monotonic one when the token was learnt. */
  wallAheadOf(tokenId: string): number {
    return this.#slots.get(tokenId)?.wallAhead ?? this.#slots.wallAhead();
  }

  /** A number that rises with all that is heard of a token's leases. */
  revisionOf(tokenId: string): number {
    return this.#slots.get(tokenId)?.revision ?? 0;
  }

  /** Leaves a token alone for a moment which the lease store did not give although it seemed free. */
  suspend(tokenId: string): void {
    const slot = this.#slots.get(tokenId);
    if (slot !== undefined) this.#slots.suspend(slot);
  }

  /** When time alone changes something, in milliseconds on the monotonic clock; `Infinity` when it does not. */
  get dueAt(): number {
    return this.#deadlines.dueAt;
  }

  /** Takes note of the time. */
  advance(): void {
    if (this.#deadlines.dueAt === Infinity) return;
    const monotonic = this.options.clock.monotonic();
    const next = (): Slot | Gate | undefined => this.#deadlines.next(monotonic);
    for (let due = next(); due !== undefined; due = next()) {
      if (due instanceof Gate) this.#checkGate(due);
      else this.#slots.check(due);
    }
  }

  /** A token was put or removed. */
  tokenChanged(id: string): void {
    this.#slots.takeOver(id);
  }

  /** The edges in front of some tokens let calls through again, or no longer. */
  edgesChanged(concerns: (token: PooledToken) => boolean): void {
    this.#slots.edgesChanged(concerns);
  }

  /** Leases of a scope were taken or given back. */
  leasesChanged(scope: LeaseScope, name: string): void {
    if (scope === 'token') {
      const slot = this.#slots.get(name);
      if (slot !== undefined) this.#slots.count(slot);
    } else {
      for (const gate of this.#gates.of(scope, name)) this.#checkGate(gate);
    }
  }

  /** Asks the lease store anew about every token and every limit, with breaks in which others have their turn. */
  async recount(): Promise<void> {
    let seen = 0;
    for (const slot of this.#slots.all()) {
      this.#slots.count(slot);
      seen += 1;
      if (seen % this.options.sliceSize === 0) await nextTurn();
    }
    for (const gate of this.#gates.all()) this.#checkGate(gate);
  }

  #open(request: LeaseRequest, strategy: BalancingStrategy): Pool {
    const pool = this.#registry.create(request, strategy);
    const { cache } = this.options;
    const bound = request.tokenId === null ? undefined : cache.get(request.tokenId);
    const lists =
      bound === undefined ? pool.providers.map((name) => cache.snapshot().ofProvider(name)) : [[bound]];
    const filling = new Filling(([] as PooledToken[]).concat(...lists), (id) => {
      this.#enter(pool, id);
    });
    this.#filler.begin(pool, filling);
    return pool;
  }

  #enter(pool: Pool, id: string): void {
    const slot = this.#slots.get(id);
    if (slot === undefined || !pool.covers(slot.token) || slot.entryOf(pool) !== undefined) return;
    this.#slots.enter(this.#entry(pool, slot));
  }

  *#entriesFor(slot: Slot): Iterable<PoolEntry> {
    for (const pool of this.#registry.covering(slot.token)) yield this.#entry(pool, slot);
  }

  #entry(pool: Pool, slot: Slot): PoolEntry {
    return new PoolEntry(slot, pool, branchOf(pool, slot.token, this.#gates));
  }

  #checkGate(gate: Gate): void {
    gate.check(this.options.clock.monotonic());
    this.#deadlines.schedule(gate);
  }

  #newRegistry(): PoolRegistry {
    return new PoolRegistry((key) => {
      for (const listener of this.#listeners) listener.ready(key);
    });
  }

  #newGates(limits: BalancerLimits): Gates {
    return new Gates(limits, this.options.store, (gate) => {
      this.#checkGate(gate);
    });
  }
}
