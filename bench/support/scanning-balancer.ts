import type { PooledToken } from 'penstock/token-cache';

/** The baseline: look at every active token, keep those under their limit, choose one of them at random, count it. */
export class ScanningBalancer {
  readonly #inFlight = new Map<string, number>();

  constructor(private readonly tokens: readonly PooledToken[]) {}

  hold(id: string, leases: number): void {
    this.#inFlight.set(id, leases);
  }

  acquire(): string | undefined {
    const now = Date.now();
    const active = this.tokens.filter(({ enabled, coolingUntil }) => enabled && (coolingUntil ?? 0) <= now);
    const free = active.filter(({ id, limits }) => {
      const limit = limits['video'] ?? -1;
      return limit < 0 || (this.#inFlight.get(id) ?? 0) < limit;
    });
    const chosen = free[Math.floor(Math.random() * free.length)]?.id;
    if (chosen !== undefined) this.#inFlight.set(chosen, (this.#inFlight.get(chosen) ?? 0) + 1);
    return chosen;
  }

  release(id: string): void {
    this.#inFlight.set(id, (this.#inFlight.get(id) ?? 1) - 1);
  }
}
