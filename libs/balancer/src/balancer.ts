import { isDeepStrictEqual } from 'node:util';

import { Inject, Injectable, type OnModuleDestroy, Optional } from '@nestjs/common';
import { Clock, SystemClock } from 'penstock/kernel';
import { type PooledToken, TokenCache } from 'penstock/token-cache';

import { BalancerError } from './balancer.errors.js';
import { MODULE_OPTIONS_TOKEN } from './balancer.module-definition.js';
import {
  type BalancerOptions,
  type BalancerSettings,
  resolveBalancerOptions,
  resolveStrategyOptions,
} from './balancer.options.js';
import { HeldLease } from './held-lease.js';
import {
  type Lease,
  type LeaseBounds,
  type LeaseClaim,
  type LeaseRequest,
  type LeaseScope,
  NO_BOUND,
} from './lease.js';
import { resolveBalancerLimits } from './limits.js';
import { ModelStrategies } from './model-strategies.js';
import type { Pool } from './pool/pool.js';
import type { PoolEntry } from './pool/pool-entry.js';
import { nextTurn } from './pool/next-turn.js';
import { TokenPools } from './pool/token-pools.js';
import { ClearEdges, EdgeView } from './ports/edge-view.js';
import { LeaseStore } from './ports/lease-store.js';
import { explain, type ScopeUse, type TokenVerdict } from './verdict.js';

/**
 * How an attempt to get a lease ended. `busy`: nothing is free, but waiting may help. `unservable`: as things stand no
 * token could ever serve the request; {@link Balancer.explain} tells why.
 */
export type Acquisition =
  | { readonly outcome: 'acquired'; readonly lease: Lease }
  | { readonly outcome: 'busy' }
  | { readonly outcome: 'unservable' };

/** The balancer in numbers. */
export interface BalancerStats {
  /** Leases that are held. */
  readonly inFlight: number;
  /** Tokens known, and those of them that are enabled. */
  readonly tokens: number;
  readonly active: number;
}

/** Tokens that the message of an error counts: a pool may have many. */
const MOST_IN_ERROR = 1_000;
const BUSY: Acquisition = Object.freeze({ outcome: 'busy' });
const UNSERVABLE: Acquisition = Object.freeze({ outcome: 'unservable' });
const UNUSED: ScopeUse = Object.freeze({ inFlight: 0, freeAt: -Infinity });
const UNKNOWN_BOUNDS: LeaseBounds = { token: NO_BOUND, group: NO_BOUND, provider: NO_BOUND };

/** Chooses tokens and hands out leases; never waits for one. Use `AdmissionQueue` to wait, and to wait in turn. */
@Injectable()
export class Balancer implements OnModuleDestroy {
  /** @internal The tokens that are ready, for the admission queue. */
  readonly pools: TokenPools;
  readonly #stops: readonly (() => void)[];
  #settings: Required<BalancerSettings>;

  constructor(
    private readonly cache: TokenCache,
    private readonly store: LeaseStore,
    private readonly strategies: ModelStrategies,
    @Inject(MODULE_OPTIONS_TOKEN) options: BalancerOptions = {},
    @Optional() private readonly clock: Clock = new SystemClock(),
    @Optional() private readonly edges: EdgeView = new ClearEdges(),
  ) {
    const { strategies: chosen, limits, sliceSize } = resolveBalancerOptions(options);
    this.#settings = { strategies: chosen, limits };
    const strategyOf = (model: string): ReturnType<ModelStrategies['of']> => strategies.of(model);
    this.pools = new TokenPools({ cache, store, clock, edges, strategyOf, limits, sliceSize });
    this.#stops = [
      cache.onChange((id) => {
        this.pools.tokenChanged(id);
      }),
      store.onChange((scope, name) => {
        if (scope === null) void this.pools.recount();
        else this.pools.leasesChanged(scope, name);
      }),
      edges.onChange((concerns) => {
        this.pools.edgesChanged(concerns);
      }),
    ];
  }

  onModuleDestroy(): void {
    for (const stop of this.#stops) stop();
    this.pools.close();
  }

  /** The names of the strategies that may be chosen, in order. */
  get strategyNames(): readonly string[] {
    return this.strategies.names;
  }

  /**
   * Changes strategies and limits from now on. What is left out goes back to its default; leases that are held stay,
   * also where they are more than a new limit. The next request of each sort looks at every token once, unless all is
   * as it was.
   *
   * @throws BalancerError `unknown_strategy`
   * @throws RangeError naming the limit that is out of bounds; nothing has changed then
   */
  configure({ strategies, limits }: BalancerSettings): void {
    const settings = {
      strategies: resolveStrategyOptions(strategies),
      limits: resolveBalancerLimits(limits),
    };
    if (isDeepStrictEqual(settings, this.#settings)) return;
    this.strategies.configure(settings.strategies);
    this.#settings = settings;
    this.pools.reset(settings.limits);
  }

  /**
   * Takes a lease on a token that can serve the request now. Choice and reservation are one step: when the store says
   * that a token filled up meanwhile, another one is chosen. The answer comes at once, not as a promise, when the store
   * decides at once; only the first requests of their sort may wait for a token until the pool of it has taken in all.
   *
   * @throws BalancerError `lease_held` when the holder has a lease already; whatever the store throws. The holder then
   *   has no new lease.
   */
  acquire(request: LeaseRequest): Acquisition | Promise<Acquisition> {
    for (;;) {
      const entry = this.#choose(request);
      if (entry === undefined) return this.#withoutToken(request);
      const { id, quotaGroup, provider } = entry.slot;
      const { holder, kind } = request;
      const claim = { holder, tokenId: id, kind, group: quotaGroup, provider };
      const reserved = this.store.reserve(claim, this.pools.boundsOf(entry));
      if (typeof reserved !== 'boolean') return this.#awaited(request, claim, reserved);
      if (reserved) return { outcome: 'acquired', lease: new HeldLease(claim, this.store) };
      this.pools.suspend(id);
    }
  }

  /**
   * Takes the lease of work that runs on the token already (after a restart), past any limit, and also when the token
   * is disabled or unknown. Adopting the same lease again does no harm. Adopt before anything new is let in: what is not
   * adopted yet is not counted.
   *
   * @param since - when the work was begun, in milliseconds since 1970, for the requests of a minute; now where that is
   *   unknown
   * @throws BalancerError `lease_held` when the holder has another lease
   */
  async adopt(holder: string, tokenId: string, kind: string, since: number | null = null): Promise<Lease> {
    const token = this.cache.get(tokenId);
    const claim = {
      holder,
      tokenId,
      kind,
      group: token?.quotaGroup ?? null,
      provider: token?.provider ?? null,
    };
    const bounds = token === undefined ? UNKNOWN_BOUNDS : this.pools.boundsOfToken(token, kind);
    const ageMs = since === null ? 0 : Math.max(0, this.clock.now() - since);
    await this.store.adopt(claim, bounds, ageMs);
    return new HeldLease(claim, this.store);
  }

  /** Whether any token can serve the request, now or by waiting alone. */
  isServable(request: LeaseRequest): boolean {
    return this.#with(request, (pool) => this.pools.isServable(pool, request.excluded));
  }

  /** A verdict for every token of the request's providers. It looks at all of them: for people, not for each request. */
  explain(request: LeaseRequest): readonly TokenVerdict[] {
    return this.#tokensOf(request).map((token) => this.explainToken(request, token));
  }

  /** The error for a request that no token can serve as things stand. */
  noUsableToken(request: LeaseRequest): BalancerError {
    const bound = request.tokenId === null ? undefined : this.cache.get(request.tokenId);
    const tokens = bound === undefined ? this.#tokensOf(request).slice(0, MOST_IN_ERROR) : [bound];
    const covered = tokens.filter(({ provider }) => request.providers.includes(provider));
    return BalancerError.noUsableToken(
      request,
      covered.map((token) => this.explainToken(request, token)),
    );
  }

  /** The verdict for one token, of whichever provider. */
  explainToken(request: LeaseRequest, token: PooledToken): TokenVerdict {
    const { kind } = request;
    const bounds = this.pools.boundsOfToken(token, kind);
    const wallAhead = this.pools.wallAheadOf(token.id);
    const use = (scope: LeaseScope, name: string | null): ScopeUse => {
      if (name === null) return UNUSED;
      const { perMinute } = bounds[scope];
      const freeAt =
        perMinute === Infinity ? -Infinity : this.store.freeAt(scope, name, perMinute) + wallAhead;
      return { inFlight: this.store.inFlight(scope, name, kind), freeAt };
    };
    const ofToken = use('token', token.id);
    const shared = { group: use('group', token.quotaGroup), provider: use('provider', token.provider) };
    const now = this.clock.monotonic() + wallAhead;
    const edgeUntil = this.edges.challengedUntil(token);
    return explain({ token, request, bounds, use: { token: ofToken, ...shared }, edgeUntil, now });
  }

  /** Generations that a token serves now, of one kind or of all. */
  inFlight(tokenId: string, kind?: string): number {
    return this.store.inFlight('token', tokenId, kind);
  }

  stats(): BalancerStats {
    const { tokens, active } = this.cache.snapshot();
    return { inFlight: this.store.size, tokens: tokens.size, active: active.length };
  }

  /** Nothing is ready. What a pool has not taken in yet may be. */
  #withoutToken(request: LeaseRequest): Acquisition | Promise<Acquisition> {
    if (!this.isServable(request)) return UNSERVABLE;
    const isWhole = this.#with(request, ({ filling }) => filling === undefined);
    return isWhole ? BUSY : nextTurn().then(() => this.acquire(request));
  }

  async #awaited(request: LeaseRequest, claim: LeaseClaim, reserved: Promise<boolean>): Promise<Acquisition> {
    const asked = this.pools.revisionOf(claim.tokenId);
    if (await reserved) return { outcome: 'acquired', lease: new HeldLease(claim, this.store) };
    // What was heard of the token since then is newer than the answer.
    if (this.pools.revisionOf(claim.tokenId) === asked) this.pools.suspend(claim.tokenId);
    return this.acquire(request);
  }

  #tokensOf({ providers }: LeaseRequest): readonly PooledToken[] {
    const { ofProvider } = this.cache.snapshot();
    return [...new Set(providers)].flatMap((name) => ofProvider(name));
  }

  #choose(request: LeaseRequest): PoolEntry | undefined {
    return this.#with(request, (pool) => this.pools.take(pool, request.excluded));
  }

  /** A pool that is bound to a token lasts only as long as somebody watches it. */
  #with<T>(request: LeaseRequest, work: (pool: Pool) => T): T {
    const pool = this.pools.of(request);
    const result = work(pool);
    if (pool.tokenId !== null && !pool.watched) this.pools.drop(request);
    return result;
  }
}
