import type { PooledToken } from 'penstock/token-cache';

import { tokenLimitOf } from '../limits.js';
import { mayServe, nextChangeOf, type Standing, standingOf } from '../standing.js';
import type { Due } from './deadlines.js';
import type { Pool } from './pool.js';
import type { PoolEntry } from './pool-entry.js';

/** What a {@link Slot} looks at besides its token, in milliseconds on the monotonic clock. */
export interface SlotView {
  readonly monotonic: number;
  /** When the token's rate lets the next request pass. */
  readonly freeAt: number;
}

/**
 * A token and its places in the pools. The token's times are read on the wall clock as it stood when the token was
 * learnt: a jump of that clock neither ends a cooldown nor prolongs it.
 */
export class Slot implements Due {
  /** These are the token's, at hand where its leases are counted. */
  readonly id: string;
  readonly provider: string;
  readonly quotaGroup: string | null;
  requestsPerMinute: number | null;
  /** The first of its entries, which lead to one another. */
  first: PoolEntry | undefined;
  /** Whether its standing hangs on more than the clock: on a rate, or on a suspension that news put an end to. */
  sensitive = false;
  #standing: Standing = 'disabled';
  #suspended = false;
  /** When its quota is filled up again, on the wall clock; `null` where that is unknown or past. */
  #quotaResetsAt: number | null = null;
  /** Rises with all that is heard of its leases. */
  revision = 0;
  place = -1;
  dueAt = Infinity;
  /** When the challenging edge in front of its upstream is tried next, on the wall clock. */
  edgeUntil: number | null = null;
  #suspendedUntil = -Infinity;

  /** @param wallAhead - the wall clock less the monotonic one */
  constructor(
    public token: PooledToken,
    public wallAhead: number,
  ) {
    this.id = token.id;
    this.provider = token.provider;
    this.quotaGroup = token.quotaGroup;
    this.requestsPerMinute = token.requestsPerMinute;
  }

  /** Gives it a place, which a later {@link Slot.check} brings up to date. */
  add(entry: PoolEntry): void {
    entry.next = this.first;
    this.first = entry;
  }

  /** Whether it can serve a kind, now or by waiting alone. */
  mayServe(kind: string): boolean {
    return mayServe(this.#standing) && tokenLimitOf(this.token, kind) !== 0;
  }

  /** Takes its place in a pool away, and hands it over. */
  remove(pool: Pool): PoolEntry | undefined {
    let before: PoolEntry | undefined;
    for (let entry = this.first; entry !== undefined; before = entry, entry = entry.next) {
      if (entry.pool !== pool) continue;
      if (before === undefined) this.first = entry.next;
      else before.next = entry.next;
      return entry;
    }
    return undefined;
  }

  entryOf(pool: Pool): PoolEntry | undefined {
    let entry = this.first;
    while (entry !== undefined && entry.pool !== pool) entry = entry.next;
    return entry;
  }

  /** Puts a changed token of the same provider and group into the same places. {@link Slot.check} must follow. */
  replace(token: PooledToken, wallAhead: number): void {
    this.token = token;
    this.requestsPerMinute = token.requestsPerMinute;
    this.wallAhead = wallAhead;
    for (let entry = this.first; entry !== undefined; entry = entry.next) {
      entry.show(false);
      entry.weight = token.weight;
    }
  }

  /** Leaves it alone until then, or until something is heard of its leases. {@link Slot.check} must follow. */
  suspend(until: number): void {
    this.#suspendedUntil = until;
  }

  /** Looks at the time, and brings every entry up to date. */
  check({ monotonic, freeAt }: SlotView): void {
    const now = monotonic + this.wallAhead;
    const wallFreeAt = freeAt + this.wallAhead;
    const { quotaResetsAt, requestsPerMinute } = this.token;
    this.#standing = standingOf(this.token, now, {
      freeAt: wallFreeAt,
      edgeUntil: this.edgeUntil,
    }).standing;
    this.#suspended = this.#suspendedUntil > monotonic;
    this.sensitive = this.#suspended || requestsPerMinute !== null;
    const dueAt = nextChangeOf(this.token, now, wallFreeAt) - this.wallAhead;
    // The clocks are added up in floating point: what is left over by that must not count as due already.
    this.dueAt = Math.min(Math.max(dueAt, monotonic + 1), this.#suspended ? this.#suspendedUntil : Infinity);
    this.#quotaResetsAt = quotaResetsAt !== null && quotaResetsAt > now ? quotaResetsAt : null;
    for (let entry = this.first; entry !== undefined; entry = entry.next) this.bringUp(entry);
  }

  /** Tells one entry what was found at the last check. */
  bringUp(entry: PoolEntry): void {
    entry.quotaResetsAt = this.#quotaResetsAt;
    entry.limit = tokenLimitOf(this.token, entry.pool.kind);
    entry.setServable(mayServe(this.#standing) && entry.limit !== 0);
    this.refresh(entry);
  }

  /** Brings one entry up to date of which only the count may have changed. */
  refresh(entry: PoolEntry): void {
    entry.show(this.#standing === 'open' && entry.hasRoom && !this.#suspended);
  }
}
