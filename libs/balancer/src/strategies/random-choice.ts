import { Optional } from '@nestjs/common';
import { Random, SystemRandom } from 'penstock/kernel';

import { BalancingStrategyPlugin } from '../balancing-strategy.decorator.js';
import { BalancingStrategy, type Candidate, type Selection } from '../ports/balancing-strategy.js';
import { SampledSelection } from '../selection/sampled-selection.js';

/** Any token, each as likely as the others. */
@BalancingStrategyPlugin('random')
export class RandomChoice extends BalancingStrategy {
  constructor(@Optional() private readonly random: Random = new SystemRandom()) {
    super();
  }

  override createSelection<C extends Candidate>(): Selection<C> {
    return new SampledSelection((members) => members[this.random.below(members.length)]);
  }
}
