import { poolKeyOf } from '../pool/pool.js';
import type { TokenPools } from '../pool/token-pools.js';
import { IndexedHeap } from '../selection/indexed-heap.js';
import { Arrivals } from './arrivals.js';
import { Lane } from './lane.js';
import { forEachPriority, type Priority } from './priority.js';
import { comesBefore, type Turn } from './turn.js';
import type { Waiter } from './waiter.js';

/** The lanes that somebody waits in, and those of them that are awake: where a token may have become ready. */
export class LaneSet {
  readonly #lanes = new Map<string, Lane>();
  readonly #awake = new IndexedHeap<Lane>((left, right) => comesBefore(left.turn, right.turn));
  /** In the order in which they entered. */
  readonly #waiters = new Set<Waiter>();
  readonly #counts = forEachPriority(() => 0);
  /** In all lanes. */
  readonly arrivals = new Arrivals();

  constructor(private readonly pools: TokenPools) {}

  get size(): number {
    return this.#lanes.size;
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  /** How many of one priority wait. */
  waitingOf(priority: Priority): number {
    return this.#counts[priority];
  }

  /** Adds the waiter to its lane, which wakes. */
  add(waiter: Waiter): void {
    const key = poolKeyOf(waiter.request);
    const lane = this.#lanes.get(key) ?? new Lane(key, this.pools);
    this.#lanes.set(key, lane);
    lane.waiters.add(waiter);
    this.#waiters.add(waiter);
    this.#counts[waiter.options.priority] += 1;
    for (const arrivals of [lane.arrivals, this.arrivals]) arrivals.note(waiter);
    this.wake(lane);
  }

  /** Removes a waiter that was added. */
  remove(waiter: Waiter): void {
    const lane = this.laneOf(waiter);
    if (lane === undefined) return;
    lane.waiters.remove(waiter);
    if (this.#waiters.delete(waiter)) this.#counts[waiter.options.priority] -= 1;
    if (lane.waiters.size > 0) return;
    this.#awake.remove(lane);
    this.#lanes.delete(lane.key);
    lane.close(waiter.request);
  }

  laneOf(waiter: Waiter): Lane | undefined {
    return this.#lanes.get(poolKeyOf(waiter.request));
  }

  get(key: string): Lane | undefined {
    return this.#lanes.get(key);
  }

  all(): Iterable<Lane> {
    return this.#lanes.values();
  }

  /** All waiters, the first to enter first. */
  waiters(): Iterable<Waiter> {
    return this.#waiters;
  }

  /** How many, in all lanes, have their turn before this one. */
  countBefore(turn: Turn): number {
    let count = 0;
    for (const { waiters } of this.#lanes.values()) count += waiters.countBefore(turn);
    return count;
  }

  /** Reckons the turns of all waiters anew. */
  reckon(headStartMs: number): void {
    for (const lane of this.#lanes.values()) this.sleep(lane);
    for (const lane of this.#lanes.values()) {
      lane.waiters.reckon(headStartMs);
      this.wake(lane);
    }
  }

  /** Marks a lane as worth a look. Does nothing with one that nobody waits in any more. */
  wake(lane: Lane): void {
    const { first } = lane.waiters;
    if (first === undefined) return;
    lane.turn = first.turn;
    this.#awake.update(lane);
  }

  sleep(lane: Lane): void {
    this.#awake.remove(lane);
  }

  /** Of the waiters that a ready token can serve, the one whose turn it is. Lanes without one fall asleep. */
  next(): { readonly lane: Lane; readonly waiter: Waiter } | undefined {
    for (let lane = this.#awake.peek(); lane !== undefined; lane = this.#awake.peek()) {
      const waiter = lane.next();
      if (waiter === undefined) {
        this.#awake.remove(lane);
      } else if (comesBefore(lane.turn, waiter.turn)) {
        // Those before it cannot be served; other lanes may have one that comes before this one.
        lane.turn = waiter.turn;
        this.#awake.update(lane);
      } else {
        return { lane, waiter };
      }
    }
    return undefined;
  }

  /** How long the one that entered first has waited at `monotonic`; 0 when nobody waits. */
  oldestWaitMs(monotonic: number): number {
    const [first] = this.#waiters;
    return first === undefined ? 0 : monotonic - first.options.since;
  }
}
