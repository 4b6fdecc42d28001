import { BalancingStrategyPlugin } from '../balancing-strategy.decorator.js';
import { BalancingStrategy, type Candidate, type Selection } from '../ports/balancing-strategy.js';
import { RankedSelection } from '../selection/ranked-selection.js';

/**
 * Each token in proportion to its weight, evenly spread over time: stride scheduling (Waldspurger and Weihl, 1995). A
 * token that could not be used for a while does not make up for it afterwards.
 */
@BalancingStrategyPlugin('weighted')
export class Weighted extends BalancingStrategy {
  override createSelection<C extends Candidate>(): Selection<C> {
    return new StrideSelection<C>();
  }
}

/** The rank of a candidate is its pass: the time at which it is next, on a clock that its selection moves. */
class StrideSelection<C extends Candidate> extends RankedSelection<C> {
  #now = 0;

  constructor() {
    super((candidate) =>
      candidate.rank < 0 ? this.#now + strideOf(candidate) : Math.max(candidate.rank, this.#now),
    );
  }

  override take(candidate: C): void {
    this.#now = Math.max(this.#now, candidate.rank);
    candidate.rank = this.#now + strideOf(candidate);
    super.take(candidate);
  }
}

/** Tokens of weight 0 are among themselves, and equal. */
const strideOf = ({ weight }: Candidate): number => (weight > 0 ? 1 / weight : 1);
