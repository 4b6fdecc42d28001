import { Injectable } from '@nestjs/common';
import { EdgeView } from 'penstock/balancer';
import { Clock } from 'penstock/kernel';
import { ProviderRegistry } from 'penstock/plugin-host';
import { Settings } from 'penstock/settings';
import type { PooledToken } from 'penstock/token-cache';
import { EdgeStates, ProxyStates } from 'penstock/upstream';

import { ProxyPool, ProxyRoutes, proxySettings } from '../providers/index.js';

type Concerns = (token: PooledToken) => boolean;

const DAY_MS = 86_400_000;

/** The ways to upstreams as the balancer sees them: the edge and the proxy, by the base URLs of tokens. */
@Injectable()
export class TokenEdges extends EdgeView {
  readonly #origins = new Map<string, string>();
  /** Whether the settings are there. */
  #isReady = false;

  constructor(
    private readonly edges: EdgeStates,
    private readonly proxies: ProxyStates,
    private readonly routes: ProxyRoutes,
    private readonly pool: ProxyPool,
    private readonly settings: Settings,
    private readonly providers: ProviderRegistry,
    private readonly clock: Clock,
  ) {
    super();
  }

  /** One way that is open is enough. */
  override challengedUntil(token: PooledToken): number | null {
    if (!this.#isReady) return null;
    const candidates = this.routes.candidates(token);
    // Until somebody fills the pool, which is told.
    if (candidates.length === 0) return this.clock.now() + DAY_MS;
    if (this.edges.isQuiet && this.proxies.isQuiet) return null;
    const origin = this.#originOf(token);
    let first = Infinity;
    for (const proxyUrl of candidates) {
      const until = this.proxies.asideUntil(proxyUrl) ?? this.edges.challengedUntil({ origin, proxyUrl });
      if (until === null) return null;
      first = Math.min(first, until);
    }
    return first;
  }

  override onChange(listener: (concerns: Concerns) => void): () => void {
    const takes = (token: PooledToken, proxyUrl: string | null): boolean =>
      this.#isReady && this.routes.candidates(token).includes(proxyUrl);
    const all = (): void => {
      listener(() => true);
    };
    const ends = [
      this.edges.onChange((_, { origin, proxyUrl }) => {
        listener((token) => this.#originOf(token) === origin && takes(token, proxyUrl));
      }),
      this.proxies.onChange((_, proxyUrl) => {
        listener((token) => takes(token, proxyUrl));
      }),
      this.pool.onChange(all),
      this.settings.follow(proxySettings, () => {
        this.#isReady = true;
        all();
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }

  #originOf({ baseUrl, provider }: PooledToken): string {
    const url = baseUrl ?? this.providers.find(provider)?.manifest.baseUrl ?? '';
    const known = this.#origins.get(url);
    if (known !== undefined) return known;
    const origin = URL.canParse(url) ? new URL(url).origin : '';
    this.#origins.set(url, origin);
    return origin;
  }
}
