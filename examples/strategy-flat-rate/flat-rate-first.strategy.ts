import {
  BalancingStrategy,
  BalancingStrategyPlugin,
  type Candidate,
  RankedSelection,
  type Selection,
} from 'penstock/balancer';

import { Contracts } from './contracts.js';

/** Tokens that cost the same whether they are used or not go first; of equals, the one that was used longest ago. */
@BalancingStrategyPlugin('flat-rate-first')
export class FlatRateFirst extends BalancingStrategy {
  constructor(private readonly contracts: Contracts) {
    super();
  }

  override createSelection<C extends Candidate>(): Selection<C> {
    return new RankedSelection(({ token }) => (this.contracts.isFlatRate(token) ? 0 : 1));
  }
}
