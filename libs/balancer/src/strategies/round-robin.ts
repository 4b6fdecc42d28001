import { BalancingStrategyPlugin } from '../balancing-strategy.decorator.js';
import { BalancingStrategy, type Candidate, type Selection } from '../ports/balancing-strategy.js';
import { RankedSelection } from '../selection/ranked-selection.js';

/** One token after the other: always the one that was used longest ago. */
@BalancingStrategyPlugin('round-robin')
export class RoundRobin extends BalancingStrategy {
  override createSelection<C extends Candidate>(): Selection<C> {
    return new RankedSelection(() => 0);
  }
}
