import type { Clock } from 'penstock/kernel';
import type { PooledToken, TokenCache } from 'penstock/token-cache';

import type { EdgeView } from '../ports/edge-view.js';
import type { LeaseStore } from '../ports/lease-store.js';
import type { Deadlines } from './deadlines.js';
import type { Gate } from './gate.js';
import type { PoolEntry } from './pool-entry.js';
import { Slot } from './slot.js';

/** How long a token is left alone that the lease store did not give although it seemed free. */
const SUSPENSION_MS = 1_000;

/** What a {@link SlotTable} works with. */
export interface SlotTableOptions {
  readonly cache: TokenCache;
  readonly store: LeaseStore;
  readonly clock: Clock;
  readonly edges: EdgeView;
  readonly deadlines: Deadlines<Slot | Gate>;
  /** New places for a token in the pools that it belongs to. */
  readonly entriesFor: (slot: Slot) => Iterable<PoolEntry>;
}

/** Every token of the cache with its places in the pools. */
export class SlotTable {
  readonly #slots = new Map<string, Slot>();
  /** What is chosen is counted next. */
  #latest: Slot | undefined;

  constructor(private readonly options: SlotTableOptions) {}

  get(id: string): Slot | undefined {
    return this.#latest?.id === id ? this.#latest : this.#slots.get(id);
  }

  /** The slot will be asked for next. */
  expect(slot: Slot): void {
    this.#latest = slot;
  }

  all(): Iterable<Slot> {
    return this.#slots.values();
  }

  /** Gives a token a place that it did not have. */
  enter(entry: PoolEntry): void {
    const { slot, pool } = entry;
    slot.add(entry);
    entry.inFlight = this.options.store.inFlight('token', slot.id, pool.kind);
    slot.bringUp(entry);
  }

  /** Takes over what the cache knows of a token. */
  takeOver(id: string): void {
    const token = this.options.cache.get(id);
    const slot = this.#slots.get(id);
    this.#latest = undefined;
    if (slot !== undefined && token !== undefined && standsAlike(token, slot.token)) {
      slot.replace(token, this.wallAhead());
      slot.edgeUntil = this.options.edges.challengedUntil(token);
      this.check(slot);
      return;
    }
    if (slot !== undefined) this.#remove(slot);
    if (token !== undefined) this.#add(token);
  }

  /** Looks at the time, the rate and whatever else the token's standing hangs on. */
  check(slot: Slot): void {
    const { clock, store, deadlines } = this.options;
    const { id, requestsPerMinute } = slot.token;
    const freeAt = requestsPerMinute === null ? -Infinity : store.freeAt('token', id, requestsPerMinute);
    slot.check({ monotonic: clock.monotonic(), freeAt });
    deadlines.schedule(slot);
  }

  /** Looks at the edges of these tokens. */
  edgesChanged(concerns: (token: PooledToken) => boolean): void {
    for (const slot of this.#slots.values()) {
      if (!concerns(slot.token)) continue;
      slot.edgeUntil = this.options.edges.challengedUntil(slot.token);
      this.check(slot);
    }
  }

  /** Asks the lease store what the token serves. */
  count(slot: Slot): void {
    const { store } = this.options;
    slot.revision += 1;
    for (let entry = slot.first; entry !== undefined; entry = entry.next) {
      entry.inFlight = store.inFlight('token', slot.id, entry.pool.kind);
      if (!slot.sensitive) slot.refresh(entry);
    }
    if (!slot.sensitive) return;
    slot.suspend(-Infinity);
    this.check(slot);
  }

  /** Leaves a token alone for a moment which the lease store did not give although it seemed free. */
  suspend(slot: Slot): void {
    slot.suspend(this.options.clock.monotonic() + SUSPENSION_MS);
    this.check(slot);
  }

  /** How far the wall clock is ahead of the monotonic one. */
  wallAhead(): number {
    return this.options.clock.now() - this.options.clock.monotonic();
  }

  #add(token: PooledToken): void {
    const slot = new Slot(token, this.wallAhead());
    slot.edgeUntil = this.options.edges.challengedUntil(token);
    this.#slots.set(token.id, slot);
    for (const entry of this.options.entriesFor(slot)) {
      slot.add(entry);
      entry.inFlight = this.options.store.inFlight('token', slot.id, entry.pool.kind);
    }
    this.check(slot);
  }

  #remove(slot: Slot): void {
    this.#slots.delete(slot.id);
    this.options.deadlines.remove(slot);
    for (let entry = slot.first; entry !== undefined; entry = entry.next) entry.retire();
    slot.first = undefined;
  }
}

/** Whether both stand at the same places. */
function standsAlike(left: PooledToken, right: PooledToken): boolean {
  return left.provider === right.provider && left.quotaGroup === right.quotaGroup;
}
