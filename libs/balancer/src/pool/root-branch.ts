import type { BalancingStrategy } from '../ports/balancing-strategy.js';
import { Branch, type Seat } from './branch.js';

/** The top of a pool, which tells when it gets something to give. */
export class RootBranch extends Branch {
  constructor(
    strategy: BalancingStrategy,
    private readonly onAdd: () => void,
  ) {
    super(strategy);
  }

  override add(seat: Seat): void {
    super.add(seat);
    this.onAdd();
  }
}
