import type { BalancingStrategy, Candidate, Selection } from '../ports/balancing-strategy.js';
import type { PoolEntry } from './pool-entry.js';

/** A candidate in a branch: a token, or a branch below in the form of its best token. */
export interface Seat extends Candidate {
  /** Whether it stands among those of weight 0. */
  reserve: boolean;
  readonly leaf: PoolEntry;
  /** It was used: whatever it stands for takes note. */
  used(): void;
}

/** Ready tokens in the order of a strategy, those of weight 0 only when there are no others. */
export class Branch {
  readonly #regular: Selection<Seat>;
  readonly #reserve: Selection<Seat>;

  constructor(strategy: BalancingStrategy) {
    this.#regular = strategy.createSelection();
    this.#reserve = strategy.createSelection();
  }

  add(seat: Seat): void {
    const reserve = seat.weight === 0;
    if (reserve !== seat.reserve) {
      // What one selection remembers of it means nothing to the other.
      seat.reserve = reserve;
      seat.rank = -1;
      seat.turn = 0;
    }
    this.#selectionOf(seat).add(seat);
  }

  remove(seat: Seat): void {
    this.#selectionOf(seat).remove(seat);
  }

  update(seat: Seat): void {
    this.#selectionOf(seat).update(seat);
  }

  peek(): Seat | undefined {
    return this.#regular.peek() ?? this.#reserve.peek();
  }

  /** Uses the seat that is next. */
  take(seat: Seat): void {
    this.#selectionOf(seat).take(seat);
    seat.used();
  }

  #selectionOf(seat: Seat): Selection<Seat> {
    return seat.reserve ? this.#reserve : this.#regular;
  }
}
