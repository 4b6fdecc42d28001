import type { LeaseBound, LeaseScope } from '../lease.js';
import type { LeaseStore } from '../ports/lease-store.js';
import type { Due } from './deadlines.js';
import type { GatedBranch } from './gated-branch.js';

/** What a {@link Gate} counts. */
export interface GateSubject {
  readonly scope: LeaseScope;
  readonly name: string;
  readonly kind: string;
}

/** The limits of a group or a provider for one kind: open while they leave room. */
export class Gate implements Due {
  place = -1;
  /** When it opens by time alone, in milliseconds on the monotonic clock. */
  dueAt = Infinity;
  isOpen = true;
  /** Those that it lets tokens out of. */
  readonly branches = new Set<GatedBranch>();

  constructor(
    private readonly subject: GateSubject,
    readonly bound: LeaseBound,
    private readonly store: LeaseStore,
  ) {}

  /** Looks at what is in use. */
  check(monotonic: number): void {
    const { scope, name, kind } = this.subject;
    const { atOnce, perMinute } = this.bound;
    const freeAt = perMinute === Infinity ? -Infinity : this.store.freeAt(scope, name, perMinute);
    const isOpen = freeAt <= monotonic && this.store.inFlight(scope, name, kind) < atOnce;
    this.dueAt = freeAt > monotonic ? freeAt : Infinity;
    if (isOpen === this.isOpen) return;
    this.isOpen = isOpen;
    for (const branch of this.branches) branch.refresh();
  }
}
