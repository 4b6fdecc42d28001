import type { ManualClock } from 'penstock/kernel/testing';
import type { PooledToken, TokenCache } from 'penstock/token-cache';

/**
 * Whether tokens may be used, worked out from first principles. Their times are read on the wall clock as it stood when
 * they were learnt: a jump since then means nothing.
 */
export class LearntTokens {
  readonly #wallAhead = new WeakMap<PooledToken, number>();

  constructor(
    private readonly cache: TokenCache,
    private readonly clock: ManualClock,
  ) {
    cache.onChange((id) => {
      this.#learn(this.cache.get(id));
    });
  }

  /** A new process learns all of them anew. */
  learnAll(): void {
    for (const token of this.cache.all()) this.#learn(token);
  }

  mayUse(id: string): boolean {
    const token = this.cache.get(id);
    if (token?.enabled !== true) return false;
    const now = this.clock.monotonic() + (this.#wallAhead.get(token) ?? 0);
    const { expiresAt, coolingUntil, quotaRemaining, quotaResetsAt } = token;
    const isExhausted = quotaRemaining === 0 && (quotaResetsAt === null || quotaResetsAt > now);
    return (expiresAt ?? Infinity) > now && (coolingUntil ?? 0) <= now && !isExhausted;
  }

  #learn(token: PooledToken | undefined): void {
    if (token !== undefined) this.#wallAhead.set(token, this.clock.now() - this.clock.monotonic());
  }
}
