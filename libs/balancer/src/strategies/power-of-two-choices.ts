import { Injectable, Optional } from '@nestjs/common';
import { Random, SystemRandom } from 'penstock/kernel';

import { BalancingStrategy, type Candidate, type CandidatePool } from '../ports/balancing-strategy.js';

/** With half of the pool unusable, probing sees no candidate once in 256 times. */
const DRAWS = 8;

/**
 * Draws two candidates at random and takes the one with less work for its weight, and for its limit where both have
 * one. Nearly as even as the least loaded of all, without looking at all, and callers that decide on the same slightly
 * old counts do not all run to the same token.
 */
@Injectable()
export class PowerOfTwoChoices extends BalancingStrategy {
  constructor(@Optional() private readonly random: Random = new SystemRandom()) {
    super();
  }

  override probe(pool: CandidatePool): Candidate | undefined {
    let first: Candidate | undefined;
    for (let draw = 0; draw < DRAWS; draw++) {
      const drawn = pool.at(this.random.below(pool.size));
      if (drawn === undefined || drawn.token.id === first?.token.id) continue;
      if (first !== undefined) return lighter(first, drawn);
      first = drawn;
    }
    return first;
  }

  override choose(candidates: readonly [Candidate, ...Candidate[]]): Candidate {
    const first = this.#draw(candidates);
    return lighter(first, this.#draw(candidates));
  }

  #draw(candidates: readonly [Candidate, ...Candidate[]]): Candidate {
    return candidates[this.random.below(candidates.length)] ?? candidates[0];
  }
}

function lighter(left: Candidate, right: Candidate): Candidate {
  const relativeToLimit = left.limit !== Infinity && right.limit !== Infinity;
  const load = ({ token, inFlight, limit }: Candidate): number =>
    (inFlight + 1) / (Math.max(0, token.weight) * (relativeToLimit ? limit : 1));
  return load(right) < load(left) ? right : left;
}
