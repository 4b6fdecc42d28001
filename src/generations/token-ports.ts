import { Injectable } from '@nestjs/common';
import { Balancer } from 'penstock/balancer';

import { InFlightCounter, TokenUsage } from '../tokens/index.js';
import { GenerationStore } from './generation-store.js';

/** What a token serves now, as its leases say. */
@Injectable()
export class LeasedGenerations extends InFlightCounter {
  constructor(private readonly balancer: Balancer) {
    super();
  }

  override inFlight(tokenId: string): number {
    return this.balancer.inFlight(tokenId);
  }
}

/** The generations that would be orphaned without their token. */
@Injectable()
export class TokenDependents extends TokenUsage {
  constructor(private readonly store: GenerationStore) {
    super();
  }

  override unfinishedGenerations(tokenId: string): Promise<number> {
    return this.store.countUnfinishedOf(tokenId);
  }
}
