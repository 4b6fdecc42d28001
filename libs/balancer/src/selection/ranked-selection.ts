import type { Candidate, Selection } from '../ports/balancing-strategy.js';
import { IndexedHeap } from './indexed-heap.js';

/** Keeps candidates in the order of their rank, the lowest first; of equals, the one that was used longest ago. */
export class RankedSelection<C extends Candidate> implements Selection<C> {
  readonly #heap = new IndexedHeap<C>((left, right) =>
    left.rank === right.rank ? left.turn < right.turn : left.rank < right.rank,
  );
  #turns = 0;

  /** @param rankOf - asked again whenever the candidate has changed */
  constructor(private readonly rankOf: (candidate: C) => number) {}

  add(candidate: C): void {
    candidate.rank = this.rankOf(candidate);
    this.#heap.push(candidate);
  }

  remove(candidate: C): void {
    this.#heap.remove(candidate);
  }

  update(candidate: C): void {
    candidate.rank = this.rankOf(candidate);
    this.#heap.update(candidate);
  }

  peek(): C | undefined {
    return this.#heap.peek();
  }

  take(candidate: C): void {
    this.#turns += 1;
    candidate.turn = this.#turns;
    this.update(candidate);
  }
}
