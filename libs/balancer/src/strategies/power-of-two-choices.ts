import { Optional } from '@nestjs/common';
import { Random, SystemRandom } from 'penstock/kernel';

import { BalancingStrategyPlugin } from '../balancing-strategy.decorator.js';
import { BalancingStrategy, type Candidate, type Selection } from '../ports/balancing-strategy.js';
import { SampledSelection } from '../selection/sampled-selection.js';

/**
 * Draws two tokens at random and takes the one with less work for its weight, and for its limit where both have one.
 * Nearly as even as the least loaded of all (Mitzenmacher, The Power of Two Choices in Randomized Load Balancing,
 * 1996), and processes that decide on the same slightly old counts do not all run to the same token.
 */
@BalancingStrategyPlugin('power-of-two-choices')
export class PowerOfTwoChoices extends BalancingStrategy {
  constructor(@Optional() private readonly random: Random = new SystemRandom()) {
    super();
  }

  override createSelection<C extends Candidate>(): Selection<C> {
    return new SampledSelection((members) => this.#draw(members));
  }

  #draw<C extends Candidate>(members: readonly C[]): C | undefined {
    if (members.length < 2) return members[0];
    const first = this.random.below(members.length);
    const other = this.random.below(members.length - 1);
    const [left, right] = [members[first], members[other < first ? other : other + 1]];
    return left !== undefined && right !== undefined ? lighter(left, right) : left;
  }
}

function lighter<C extends Candidate>(left: C, right: C): C {
  const relativeToLimit = left.limit !== Infinity && right.limit !== Infinity;
  return loadOf(right, relativeToLimit) < loadOf(left, relativeToLimit) ? right : left;
}

function loadOf({ weight, inFlight, limit }: Candidate, relativeToLimit: boolean): number {
  return (inFlight + 1) / (weight * (relativeToLimit ? limit : 1));
}
