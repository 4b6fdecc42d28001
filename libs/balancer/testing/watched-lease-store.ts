import { InMemoryLeaseStore, type LeaseBounds, type LeaseClaim, type LeaseScope } from 'penstock/balancer';
import type { ManualClock } from 'penstock/kernel/testing';

/** What a lease that is begun now is allowed, worked out from first principles. */
export interface LeaseRules {
  /** Whether the token may be used at all at this moment. */
  mayUse(tokenId: string): boolean;
  /** Most leases at once; `Infinity` for no limit. */
  atOnce(scope: LeaseScope, name: string, kind: string): number;
  /** Most leases within 60 seconds; `undefined` for no limit. */
  perMinute(scope: LeaseScope, name: string): number | undefined;
}

interface Begun {
  readonly at: number;
  /** Scopes that had a rate then. */
  readonly rated: readonly (readonly [LeaseScope, string])[];
}

/** Keeps its own account of all leases, and notes each that was granted against the rules. */
export class WatchedLeaseStore extends InMemoryLeaseStore {
  readonly violations: string[] = [];
  readonly #held = new Map<string, LeaseClaim>();
  readonly #begun: Begun[] = [];

  constructor(
    private readonly rules: LeaseRules,
    private readonly time: ManualClock,
  ) {
    super(time);
  }

  override reserve(claim: LeaseClaim, bounds: LeaseBounds): boolean | Promise<boolean> {
    const granted = super.reserve(claim, bounds);
    if (granted !== true) return granted;
    if (!this.rules.mayUse(claim.tokenId)) this.violations.push(`${claim.tokenId} must not be used`);
    for (const [scope, name] of scopesOf(claim)) this.#checkScope(scope, name, claim.kind);
    this.#note(claim, 0);
    return true;
  }

  override adopt(claim: LeaseClaim, bounds: LeaseBounds, ageMs: number): void | Promise<void> {
    this.#note(claim, ageMs);
    return super.adopt(claim, bounds, ageMs);
  }

  override release(claim: LeaseClaim): boolean | Promise<boolean> {
    this.#held.delete(claim.holder);
    return super.release(claim);
  }

  #note(claim: LeaseClaim, ageMs: number): void {
    this.#held.set(claim.holder, claim);
    const rated = scopesOf(claim).filter(([scope, name]) => this.rules.perMinute(scope, name) !== undefined);
    this.#begun.push({ at: this.time.monotonic() - ageMs, rated });
  }

  #checkScope(scope: LeaseScope, name: string, kind: string): void {
    const isOf = (claim: LeaseClaim): boolean =>
      scopesOf(claim).some(([of, each]) => of === scope && each === name);
    const others = [...this.#held.values()].filter((claim) => claim.kind === kind && isOf(claim));
    if (others.length >= this.rules.atOnce(scope, name, kind))
      this.violations.push(`${scope} ${name} is full`);
    const most = this.rules.perMinute(scope, name);
    const recent = this.#begun.filter(
      ({ at, rated }) =>
        at > this.time.monotonic() - 60_000 && rated.some(([of, each]) => of === scope && each === name),
    );
    if (recent.length >= (most ?? Infinity)) this.violations.push(`${scope} ${name} is asked too often`);
  }
}

function scopesOf({ tokenId, group, provider }: LeaseClaim): readonly (readonly [LeaseScope, string])[] {
  const all = [['token', tokenId] as const, ['group', group] as const, ['provider', provider] as const];
  return all.flatMap(([scope, name]) => (name === null ? [] : [[scope, name] as const]));
}
