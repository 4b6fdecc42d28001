import type { BalancingStrategy } from '../ports/balancing-strategy.js';
import { Branch, type Seat } from './branch.js';
import type { Gate } from './gate.js';
import type { PoolEntry } from './pool-entry.js';

/**
 * The ready tokens of a pool that share a limit. While the gate is open, the best of them stands in the branch above;
 * so opening and closing costs the same however many they are.
 */
export class GatedBranch extends Branch {
  #face: Face | undefined;
  #shown = false;

  constructor(
    strategy: BalancingStrategy,
    private readonly gate: Gate,
    private readonly parent: Branch,
  ) {
    super(strategy);
    gate.branches.add(this);
  }

  override add(seat: Seat): void {
    super.add(seat);
    this.refresh();
  }

  override remove(seat: Seat): void {
    super.remove(seat);
    this.refresh();
  }

  override update(seat: Seat): void {
    super.update(seat);
    this.refresh();
  }

  override take(seat: Seat): void {
    super.take(seat);
    this.refresh();
  }

  /** The branch is not needed any more. */
  close(): void {
    this.gate.branches.delete(this);
  }

  /** Puts the right token, or none, into the branch above. */
  refresh(): void {
    const best = this.gate.isOpen ? this.peek() : undefined;
    if (this.#shown && this.#face !== undefined) this.parent.remove(this.#face);
    this.#shown = best !== undefined;
    if (best === undefined) return;
    this.#face ??= new Face(this, best);
    this.#face.best = best;
    this.parent.add(this.#face);
  }
}

/** What a branch shows above. Its place in the order there is its own, whichever token it is. */
class Face implements Seat {
  place = -1;
  rank = -1;
  turn = 0;
  reserve = false;

  constructor(
    private readonly branch: GatedBranch,
    public best: Seat,
  ) {}

  get token(): Seat['token'] {
    return this.best.token;
  }

  get weight(): number {
    return this.best.weight;
  }

  get inFlight(): number {
    return this.best.inFlight;
  }

  get limit(): number {
    return this.best.limit;
  }

  get quotaResetsAt(): number | null {
    return this.best.quotaResetsAt;
  }

  get leaf(): PoolEntry {
    return this.best.leaf;
  }

  used(): void {
    this.branch.take(this.best);
  }
}
