import type { PooledToken } from 'penstock/token-cache';

import { Lane } from './lane.js';
import type { Waiter } from './waiter.js';

/** The lanes that somebody waits in. */
export class LaneSet {
  readonly #lanes = new Map<string, Lane>();
  #waiting = 0;

  get size(): number {
    return this.#lanes.size;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Adds the waiter to its lane; a lane begins awake. */
  add(waiter: Waiter): void {
    const lane = this.#lanes.get(waiter.laneKey) ?? new Lane(waiter.options.request);
    this.#lanes.set(waiter.laneKey, lane);
    lane.add(waiter);
    this.#waiting += 1;
  }

  /** Removes a waiter that was added. */
  remove(waiter: Waiter): void {
    const lane = this.#lanes.get(waiter.laneKey);
    lane?.remove(waiter);
    if (lane?.size === 0) this.#lanes.delete(waiter.laneKey);
    this.#waiting -= 1;
  }

  /** 1-based, within its lane. */
  positionOf(waiter: Waiter): number | null {
    return this.#lanes.get(waiter.laneKey)?.positionOf(waiter) ?? null;
  }

  /** All waiters, lane by lane. */
  *waiters(): Iterable<Waiter> {
    for (const lane of this.#lanes.values()) yield* lane.waiters();
  }

  /** Wakes the lanes that may use a token, or all of them. */
  wake(token: PooledToken | null): void {
    for (const lane of this.#lanes.values()) {
      if (token === null || lane.mayUse(token)) lane.wake(token === null ? null : token.id);
    }
  }

  /** Wakes the lanes that are due at `monotonic`. */
  wakeDue(monotonic: number): void {
    for (const lane of this.#lanes.values()) {
      if (lane.dueAt <= monotonic) lane.wake(null);
    }
  }

  /** When the first lane is due, in milliseconds on the monotonic clock; `Infinity` when none is. */
  nextDueAt(): number {
    let first = Infinity;
    for (const { dueAt } of this.#lanes.values()) first = Math.min(first, dueAt);
    return first;
  }

  /** The first in turn of all waiters. */
  first(): Waiter | undefined {
    return this.#firstOf(() => true)?.head;
  }

  /** Of the lanes that are awake, the one whose head is first in turn. */
  nextAwake(): Lane | undefined {
    return this.#firstOf((lane) => lane.awake);
  }

  #firstOf(matches: (lane: Lane) => boolean): Lane | undefined {
    let first: Lane | undefined;
    for (const lane of this.#lanes.values()) {
      if (!matches(lane) || lane.head === undefined) continue;
      if (first?.head === undefined || lane.head.isAheadOf(first.head)) first = lane;
    }
    return first;
  }
}
