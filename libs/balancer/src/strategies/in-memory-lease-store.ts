import { Injectable, Optional } from '@nestjs/common';
import { Clock, SystemClock } from 'penstock/kernel';

import { BalancerError } from '../balancer.errors.js';
import type { LeaseBound, LeaseBounds, LeaseClaim, LeaseScope } from '../lease.js';
import { type LeaseListener, LeaseStore } from '../ports/lease-store.js';
import { ScopeUsage } from './scope-usage.js';
import { WINDOW_MS } from './sliding-window.js';

/** Leases of one process. Every call has been carried out when it returns. */
@Injectable()
export class InMemoryLeaseStore extends LeaseStore {
  readonly #held = new Map<string, LeaseClaim>();
  readonly #usage = { token: new ScopeUsage(), group: new ScopeUsage(), provider: new ScopeUsage() };
  readonly #listeners = new Set<LeaseListener>();

  constructor(@Optional() private readonly clock: Clock = new SystemClock()) {
    super();
  }

  override reserve(claim: LeaseClaim, bounds: LeaseBounds): boolean | Promise<boolean> {
    const held = this.#held.get(claim.holder);
    if (held !== undefined) throw BalancerError.leaseHeld(held);
    const { tokenId, kind, group, provider } = claim;
    const fits =
      this.#fits('token', tokenId, kind, bounds.token) &&
      (group === null || this.#fits('group', group, kind, bounds.group)) &&
      (provider === null || this.#fits('provider', provider, kind, bounds.provider));
    if (fits) this.#take(claim, bounds, 0);
    return fits;
  }

  override adopt(claim: LeaseClaim, bounds: LeaseBounds, ageMs: number): void | Promise<void> {
    const held = this.#held.get(claim.holder);
    if (held === undefined) this.#take(claim, bounds, ageMs);
    else if (!isSame(held, claim)) throw BalancerError.leaseHeld(held);
  }

  override release(claim: LeaseClaim): boolean | Promise<boolean> {
    const held = this.#held.get(claim.holder);
    if (held === undefined || !isSame(held, claim)) return false;
    this.#held.delete(claim.holder);
    this.#count(held, -1);
    this.#tell(held);
    return true;
  }

  override inFlight(scope: LeaseScope, name: string, kind?: string): number {
    return this.#usage[scope].inFlight(name, kind);
  }

  override freeAt(scope: LeaseScope, name: string, perMinute: number): number {
    return this.#usage[scope].freeAt(name, perMinute, this.clock.monotonic());
  }

  override get size(): number {
    return this.#held.size;
  }

  override onChange(listener: LeaseListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #fits(scope: LeaseScope, name: string, kind: string, { atOnce, perMinute }: LeaseBound): boolean {
    if (atOnce !== Infinity && this.#usage[scope].inFlight(name, kind) >= atOnce) return false;
    return perMinute === Infinity || this.freeAt(scope, name, perMinute) <= this.clock.monotonic();
  }

  #take({ holder, tokenId, kind, group, provider }: LeaseClaim, bounds: LeaseBounds, ageMs: number): void {
    const taken = { holder, tokenId, kind, group, provider };
    this.#held.set(holder, taken);
    this.#count(taken, 1);
    if (ageMs < WINDOW_MS) {
      this.#began('token', tokenId, bounds, ageMs);
      this.#began('group', group, bounds, ageMs);
      this.#began('provider', provider, bounds, ageMs);
    }
    this.#tell(taken);
  }

  #began(scope: LeaseScope, name: string | null, bounds: LeaseBounds, ageMs: number): void {
    if (name === null || bounds[scope].perMinute === Infinity) return;
    const now = this.clock.monotonic();
    this.#usage[scope].began(name, now - ageMs, now);
  }

  #count({ tokenId, kind, group, provider }: LeaseClaim, change: 1 | -1): void {
    this.#usage.token.count(tokenId, kind, change);
    if (group !== null) this.#usage.group.count(group, kind, change);
    if (provider !== null) this.#usage.provider.count(provider, kind, change);
  }

  #tell({ tokenId, group, provider }: LeaseClaim): void {
    for (const listener of this.#listeners) {
      listener('token', tokenId);
      if (group !== null) listener('group', group);
      if (provider !== null) listener('provider', provider);
    }
  }
}

const isSame = (left: LeaseClaim, right: LeaseClaim): boolean =>
  left.tokenId === right.tokenId && left.kind === right.kind;
