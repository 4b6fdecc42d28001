import { BalancingStrategyPlugin } from '../balancing-strategy.decorator.js';
import { BalancingStrategy, type Candidate, type Selection } from '../ports/balancing-strategy.js';
import { RankedSelection } from '../selection/ranked-selection.js';

/** The token that serves the fewest generations of the kind; of equals, the one that was used longest ago. */
@BalancingStrategyPlugin('least-in-flight')
export class LeastInFlight extends BalancingStrategy {
  override createSelection<C extends Candidate>(): Selection<C> {
    return new RankedSelection(({ inFlight }) => inFlight);
  }
}
