import { BalancingStrategyPlugin } from '../balancing-strategy.decorator.js';
import { BalancingStrategy, type Candidate, type Selection } from '../ports/balancing-strategy.js';
import { RankedSelection } from '../selection/ranked-selection.js';

/**
 * The token whose quota is filled up again soonest, since what is left of it is lost then. Tokens of which that is not
 * known come last. Of equals, the one that was used longest ago.
 */
@BalancingStrategyPlugin('quota-aware')
export class QuotaAware extends BalancingStrategy {
  override createSelection<C extends Candidate>(): Selection<C> {
    return new RankedSelection(({ quotaResetsAt }) => quotaResetsAt ?? Infinity);
  }
}
