import type { PooledToken } from 'penstock/token-cache';

import type { LeaseBound, LeaseBounds, LeaseScope } from '../lease.js';
import { type BalancerLimits, boundOf } from '../limits.js';
import type { LeaseStore } from '../ports/lease-store.js';
import { Gate } from './gate.js';

/** What of a token its bounds follow from. */
type RatedToken = Pick<PooledToken, 'requestsPerMinute' | 'quotaGroup' | 'provider'>;

/** The gates of the groups and providers that have limits. */
export class Gates {
  readonly #gates = new Map<string, Map<string, Gate>>();

  constructor(
    private readonly limits: BalancerLimits,
    private readonly store: LeaseStore,
    private readonly onMade: (gate: Gate) => void,
  ) {}

  /** The gate of a group or provider for a kind; `undefined` where nothing limits it. */
  find(scope: 'group' | 'provider', name: string | null, kind: string): Gate | undefined {
    const bound = this.#boundOf(scope, name, kind);
    if (name === null || (bound.atOnce === Infinity && bound.perMinute === Infinity)) return undefined;
    const key = keyOf(scope, name);
    const kinds = this.#gates.get(key) ?? new Map<string, Gate>();
    const existing = kinds.get(kind);
    if (existing !== undefined) return existing;
    const gate = new Gate({ scope, name, kind }, bound, this.store);
    this.#gates.set(key, kinds.set(kind, gate));
    this.onMade(gate);
    return gate;
  }

  /**
   * What a new lease on a token must keep within.
   *
   * @param atOnce - the token's own limit for the kind
   */
  boundsOf(
    { requestsPerMinute, quotaGroup, provider }: RatedToken,
    kind: string,
    atOnce: number,
  ): LeaseBounds {
    return {
      token: { atOnce, perMinute: requestsPerMinute ?? Infinity },
      group: this.#boundOf('group', quotaGroup, kind),
      provider: this.#boundOf('provider', provider, kind),
    };
  }

  /** The gates, one a kind, of a group or a provider. */
  of(scope: LeaseScope, name: string): Iterable<Gate> {
    return this.#gates.size === 0 ? [] : (this.#gates.get(keyOf(scope, name))?.values() ?? []);
  }

  *all(): Iterable<Gate> {
    for (const kinds of this.#gates.values()) yield* kinds.values();
  }

  #boundOf(scope: 'group' | 'provider', name: string | null, kind: string): LeaseBound {
    return boundOf(scope === 'group' ? this.limits.groups : this.limits.providers, name, kind);
  }
}

const keyOf = (scope: LeaseScope, name: string): string => `${scope} ${name}`;
