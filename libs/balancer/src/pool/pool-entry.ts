import type { Branch, Seat } from './branch.js';
import type { Pool } from './pool.js';
import type { Slot } from './slot.js';

/** Stands for no limit: a small integer lies in the object itself, where `Infinity` would be another one to fetch. */
const NO_LIMIT = 2 ** 30 - 1;

/**
 * One token in one pool. Choosing a token and counting a lease looks at this object and its slot alone: in a large pool
 * every further object is memory that is in no cache.
 */
export class PoolEntry implements Seat {
  // What each lease needs comes first, so that it lies together.
  inFlight = 0;
  weight: number;
  #most = NO_LIMIT;
  /** Whether it stands in its branch. */
  ready = false;
  reserve = false;
  /** The same token's place in another pool. */
  next: PoolEntry | undefined;
  place = -1;
  rank = -1;
  turn = 0;
  /** Whether it can serve now or by waiting alone. */
  servable = false;
  quotaResetsAt: number | null = null;

  /** @param branch - where it stands while it is ready */
  constructor(
    readonly slot: Slot,
    readonly pool: Pool,
    readonly branch: Branch,
  ) {
    this.weight = slot.token.weight;
  }

  get token(): Slot['token'] {
    return this.slot.token;
  }

  get limit(): number {
    return this.#most === NO_LIMIT ? Infinity : this.#most;
  }

  set limit(limit: number) {
    this.#most = Math.min(limit, NO_LIMIT);
  }

  get hasRoom(): boolean {
    return this.inFlight < this.#most;
  }

  get leaf(): this {
    return this;
  }

  used(): void {
    // A token has nothing below it.
  }

  /** Takes it out of its branch or puts it in, or tells the branch that it has changed. */
  show(ready: boolean): void {
    if (ready === this.ready) {
      if (ready) this.branch.update(this);
      return;
    }
    this.ready = ready;
    if (ready) this.branch.add(this);
    else this.branch.remove(this);
  }

  /** Its token or its pool is gone. */
  retire(): void {
    this.show(false);
    this.setServable(false);
  }

  setServable(servable: boolean): void {
    if (servable === this.servable) return;
    this.servable = servable;
    this.pool.servable += servable ? 1 : -1;
  }
}
