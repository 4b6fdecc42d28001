import { BalancerError } from '../balancer.errors.js';
import type { LeaseClaim } from '../lease.js';
import { LeaseStore } from '../ports/lease-store.js';

/** Leases of one process. Every change has happened when the call returns, before its promise resolves. */
export class InMemoryLeaseStore extends LeaseStore {
  readonly #held = new Map<string, LeaseClaim>();
  readonly #counts = new Map<string, Map<string, number>>();
  readonly #listeners = new Set<(tokenId: string) => void>();

  override reserve(claim: LeaseClaim, limit: number): Promise<boolean> {
    const held = this.#held.get(claim.holder);
    if (held !== undefined) return Promise.reject(BalancerError.leaseHeld(held));
    if (this.inFlight(claim.tokenId, claim.kind) >= limit) return Promise.resolve(false);
    this.#take(claim);
    return Promise.resolve(true);
  }

  override adopt(claim: LeaseClaim): Promise<void> {
    const held = this.#held.get(claim.holder);
    if (held === undefined) this.#take(claim);
    else if (!isSame(held, claim)) return Promise.reject(BalancerError.leaseHeld(held));
    return Promise.resolve();
  }

  override release(claim: LeaseClaim): Promise<boolean> {
    const held = this.#held.get(claim.holder);
    if (held === undefined || !isSame(held, claim)) return Promise.resolve(false);
    this.#held.delete(claim.holder);
    this.#count(claim, -1);
    for (const listener of this.#listeners) listener(claim.tokenId);
    return Promise.resolve(true);
  }

  override inFlight(tokenId: string, kind?: string): number {
    const counts = this.#counts.get(tokenId);
    if (counts === undefined) return 0;
    if (kind !== undefined) return counts.get(kind) ?? 0;
    return [...counts.values()].reduce((sum, count) => sum + count, 0);
  }

  override get size(): number {
    return this.#held.size;
  }

  override onRelease(listener: (tokenId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #take({ holder, tokenId, kind }: LeaseClaim): void {
    const claim = { holder, tokenId, kind };
    this.#held.set(holder, claim);
    this.#count(claim, 1);
  }

  #count({ tokenId, kind }: LeaseClaim, change: 1 | -1): void {
    const counts = this.#counts.get(tokenId) ?? new Map<string, number>();
    const count = (counts.get(kind) ?? 0) + change;
    if (count === 0) counts.delete(kind);
    else counts.set(kind, count);
    if (counts.size === 0) this.#counts.delete(tokenId);
    else this.#counts.set(tokenId, counts);
  }
}

const isSame = (left: LeaseClaim, right: LeaseClaim): boolean =>
  left.tokenId === right.tokenId && left.kind === right.kind;
