import type { PooledToken } from 'penstock/token-cache';

import type { LeaseRequest } from '../lease.js';
import type { BalancingStrategy } from '../ports/balancing-strategy.js';
import { Pool, poolKeyOf, providersKeyOf } from './pool.js';

/** The pools there are, found by request and by token. */
export class PoolRegistry {
  /** By kind, then by providers; one for each strategy in use. */
  readonly #shared = new Map<string, Map<string, Pool[]>>();
  readonly #bound = new Map<string, Pool>();
  readonly #ofProvider = new Map<string, Set<Pool>>();
  readonly #ofToken = new Map<string, Set<Pool>>();

  constructor(private readonly onReady: (key: string) => void) {}

  find(request: LeaseRequest, strategy: BalancingStrategy): Pool | undefined {
    if (request.tokenId !== null) return this.#bound.get(poolKeyOf(request));
    const pools = this.#shared.get(request.kind)?.get(providersKeyOf(request.providers));
    return pools?.find((pool) => pool.strategy === strategy);
  }

  /** Makes the pool of a request that has none. */
  create(request: LeaseRequest, strategy: BalancingStrategy): Pool {
    const { kind, tokenId } = request;
    const providers = [...new Set(request.providers)];
    const pool = new Pool({
      key: poolKeyOf(request),
      kind,
      providers,
      tokenId,
      strategy,
      onReady: this.onReady,
    });
    if (tokenId === null) {
      this.#share(pool, providersKeyOf(request.providers));
      for (const provider of providers) addTo(this.#ofProvider, provider, pool);
    } else {
      this.#bound.set(pool.key, pool);
      addTo(this.#ofToken, tokenId, pool);
    }
    return pool;
  }

  /** Forgets the pool of a request that is bound to a token. */
  drop(request: LeaseRequest): Pool | undefined {
    if (request.tokenId === null) return undefined;
    const key = poolKeyOf(request);
    const pool = this.#bound.get(key);
    if (pool === undefined) return undefined;
    this.#bound.delete(key);
    const pools = this.#ofToken.get(request.tokenId);
    pools?.delete(pool);
    if (pools?.size === 0) this.#ofToken.delete(request.tokenId);
    return pool;
  }

  /** The pools that a token belongs to. */
  *covering(token: PooledToken): Iterable<Pool> {
    yield* this.#ofProvider.get(token.provider) ?? [];
    for (const pool of this.#ofToken.get(token.id) ?? []) if (pool.covers(token)) yield pool;
  }

  #share(pool: Pool, providers: string): void {
    const kinds = this.#shared.get(pool.kind) ?? new Map<string, Pool[]>();
    this.#shared.set(pool.kind, kinds);
    kinds.set(providers, [...(kinds.get(providers) ?? []), pool]);
  }
}

function addTo(pools: Map<string, Set<Pool>>, name: string, pool: Pool): void {
  pools.set(name, (pools.get(name) ?? new Set<Pool>()).add(pool));
}
