import type { LeaseRequest } from '../lease.js';
import type { TokenPools } from '../pool/token-pools.js';
import type { HeapItem } from '../selection/indexed-heap.js';
import { Arrivals } from './arrivals.js';
import { ServiceRate } from './service-rate.js';
import { comesBefore, FIRST_TURN, type Turn } from './turn.js';
import type { Waiter } from './waiter.js';
import { WaiterTree } from './waiter-tree.js';

/** Waiters that wait for the same tokens, those that each of them excludes apart. */
export class Lane implements HeapItem {
  place = -1;
  /** No waiter that is served next comes before this turn. */
  turn: Turn = FIRST_TURN;
  /** Attempts in a row that found nothing. */
  fruitless = 0;
  readonly waiters = new WaiterTree();
  readonly rate = new ServiceRate();
  readonly arrivals = new Arrivals();

  constructor(
    readonly key: string,
    private readonly pools: TokenPools,
  ) {}

  /** The first in turn that one of the ready tokens can serve. It looks at no more tokens than a waiter may exclude. */
  next(): Waiter | undefined {
    const { first, mostExcluded } = this.waiters;
    if (first === undefined) return undefined;
    const pool = this.pools.of(first.request);
    pool.watched = true;
    if (mostExcluded === 0) return pool.peek() === undefined ? undefined : first;
    const ready = pool.ready(mostExcluded + 1);
    if (ready.length > mostExcluded) return first;
    let next: Waiter | undefined;
    for (const { token } of ready) {
      const waiter = this.waiters.firstFor(token.id);
      if (waiter !== undefined && (next === undefined || comesBefore(waiter.turn, next.turn))) next = waiter;
    }
    return next;
  }

  /** The last waiter has left. */
  close(request: LeaseRequest): void {
    this.pools.drop(request);
  }
}
