import { Injectable, Optional } from '@nestjs/common';
import { Clock, SystemClock } from 'penstock/kernel';
import { type PooledToken, TokenCache } from 'penstock/token-cache';

import { HeldLease } from './held-lease.js';
import type { Lease, LeaseRequest } from './lease.js';
import { BalancingStrategy, type Candidate } from './ports/balancing-strategy.js';
import { LeaseStore } from './ports/lease-store.js';
import { RequestPool } from './request-pool.js';
import { explain, type TokenVerdict } from './verdict.js';

/**
 * How an attempt to get a lease ended. `busy`: nothing is free, but waiting may help; `retryAt` is when the first
 * cooling token comes back (milliseconds since 1970), `null` when only a release can help. `unservable`: as things
 * stand no token could ever serve the request.
 */
export type Acquisition =
  | { readonly outcome: 'acquired'; readonly lease: Lease }
  | { readonly outcome: 'busy'; readonly retryAt: number | null }
  | { readonly outcome: 'unservable'; readonly verdicts: readonly TokenVerdict[] };

/** The balancer in numbers. */
export interface BalancerStats {
  /** Leases that are held. */
  readonly inFlight: number;
  /** Tokens known, and those of them that are enabled. */
  readonly tokens: number;
  readonly active: number;
}

/** Hears that a token may have room now: the token, or `null` when any number of them may. */
export type CapacityListener = (token: PooledToken | null) => void;

/** Chooses tokens and hands out leases; never waits for one. Use `AdmissionQueue` to wait, and to wait in turn. */
@Injectable()
export class Balancer {
  constructor(
    private readonly cache: TokenCache,
    private readonly store: LeaseStore,
    private readonly strategy: BalancingStrategy,
    @Optional() private readonly clock: Clock = new SystemClock(),
  ) {}

  /**
   * Takes a lease on a token that can serve the request now. Choice and reservation are one step: when the store says
   * that a token filled up meanwhile, another one is chosen.
   *
   * @throws BalancerError `lease_held` when the holder has a lease already; whatever the store throws. The holder then
   *   has no new lease.
   */
  async acquire(request: LeaseRequest): Promise<Acquisition> {
    const full = new Set<string>();
    for (;;) {
      const choice = this.#choose(request, full);
      if ('outcome' in choice) return choice;
      const claim = { holder: request.holder, tokenId: choice.token.id, kind: request.kind };
      if (await this.store.reserve(claim, choice.limit)) {
        return { outcome: 'acquired', lease: new HeldLease(claim, this.store) };
      }
      full.add(claim.tokenId);
    }
  }

  /**
   * Takes the lease of work that runs on the token already (after a restart), past any limit, and also when the token
   * is disabled or unknown. Adopting the same lease again does no harm. Adopt before anything new is let in: what is not
   * adopted yet is not counted.
   *
   * @throws BalancerError `lease_held` when the holder has another lease
   */
  async adopt(holder: string, tokenId: string, kind: string): Promise<Lease> {
    const claim = { holder, tokenId, kind };
    await this.store.adopt(claim);
    return new HeldLease(claim, this.store);
  }

  /** Whether any token can serve the request, now or by waiting alone. */
  isServable(request: LeaseRequest): boolean {
    return this.#pool(request).isServable();
  }

  /** A verdict for every token of the request's providers. It looks at all of them: for people, not for each request. */
  explain(request: LeaseRequest): readonly TokenVerdict[] {
    const { ofProvider } = this.cache.snapshot();
    const now = this.clock.now();
    const tokens = [...new Set(request.providers)].flatMap((name) => ofProvider(name));
    return tokens.map((token) => {
      const inFlight = this.store.inFlight(token.id, request.kind);
      return explain({ token, request, inFlight, now });
    });
  }

  /** Generations that a token serves now, of one kind or of all. */
  inFlight(tokenId: string, kind?: string): number {
    return this.store.inFlight(tokenId, kind);
  }

  stats(): BalancerStats {
    const { tokens, active } = this.cache.snapshot();
    return { inFlight: this.store.size, tokens: tokens.size, active: active.length };
  }

  /** Calls `listener` after each release and each change of a token. Returns the way to end that. */
  onCapacity(listener: CapacityListener): () => void {
    const tell = (id: string | null): void => {
      const token = id === null ? null : this.cache.get(id);
      if (token !== undefined) listener(token);
    };
    const stops = [this.cache.onChange(tell), this.store.onRelease(tell)];
    return () => {
      for (const stop of stops) stop();
    };
  }

  #choose(request: LeaseRequest, full: ReadonlySet<string>): Candidate | Acquisition {
    const pool = this.#pool(request, full);
    const probed = pool.size === 0 ? undefined : this.strategy.probe(pool);
    if (probed !== undefined) return probed;
    const { candidates, servable, retryAt } = pool.survey();
    const [first, ...others] = candidates;
    if (first !== undefined) return this.strategy.choose([first, ...others]);
    return servable
      ? { outcome: 'busy', retryAt }
      : { outcome: 'unservable', verdicts: this.explain(request) };
  }

  #pool(request: LeaseRequest, full?: ReadonlySet<string>): RequestPool {
    return new RequestPool(request, {
      snapshot: this.cache.snapshot(),
      now: this.clock.now(),
      inFlight: (id) => (full?.has(id) === true ? Infinity : this.store.inFlight(id, request.kind)),
    });
  }
}
