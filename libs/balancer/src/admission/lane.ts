import type { PooledToken } from 'penstock/token-cache';

import type { LeaseRequest } from '../lease.js';
import type { Waiter } from './waiter.js';

/** A part of the pool to try: one token, or `null` for all that the lane may use. */
export type Target = string | null;

/**
 * Waiters that the same tokens can serve, first come, first served. The lane is awake while there are tokens that may
 * have room and that were not tried since.
 */
export class Lane {
  /** When to try everything again whatever happens, in milliseconds on the monotonic clock. */
  dueAt = Infinity;
  readonly #front = new Set<Waiter>();
  readonly #back = new Set<Waiter>();
  readonly #tokens = new Set<string>();
  #all = true;
  #positions: Map<Waiter, number> | undefined;

  /** @param request - that of any waiter of the lane */
  constructor(private readonly request: LeaseRequest) {}

  get size(): number {
    return this.#front.size + this.#back.size;
  }

  /** The waiter whose turn it is. */
  get head(): Waiter | undefined {
    const [first] = this.#front.size > 0 ? this.#front : this.#back;
    return first;
  }

  add(waiter: Waiter): void {
    (waiter.options.front ? this.#front : this.#back).add(waiter);
    this.#positions = undefined;
  }

  remove(waiter: Waiter): void {
    this.#front.delete(waiter);
    this.#back.delete(waiter);
    this.#positions = undefined;
  }

  *waiters(): Iterable<Waiter> {
    yield* this.#front;
    yield* this.#back;
  }

  /** 1-based; all positions are counted anew at the first question after a change. */
  positionOf(waiter: Waiter): number | null {
    this.#positions ??= new Map([...this.waiters()].map((each, index) => [each, index + 1]));
    return this.#positions.get(waiter) ?? null;
  }

  /** Whether the token, as far as its identity goes, could serve this lane. */
  mayUse(token: PooledToken): boolean {
    const { providers, tokenId, excluded } = this.request;
    return (
      providers.includes(token.provider) && (tokenId ?? token.id) === token.id && !excluded.has(token.id)
    );
  }

  get awake(): boolean {
    return this.#all || this.#tokens.size > 0;
  }

  /** Marks a part of the pool as worth a try. */
  wake(target: Target): void {
    if (target === null) this.#all = true;
    else if (!this.#all) this.#tokens.add(target);
  }

  /**
   * The next part to try, which counts as tried from here on: what wakes the lane during the attempt wakes it again.
   * With everything tried, nothing is due.
   */
  takeTarget(): Target {
    if (this.#all) {
      this.#all = false;
      this.#tokens.clear();
      this.dueAt = Infinity;
      return null;
    }
    const [token = null] = this.#tokens;
    if (token !== null) this.#tokens.delete(token);
    return token;
  }
}
