import { Injectable } from '@nestjs/common';
import { EdgeView } from 'penstock/balancer';
import { ProviderRegistry } from 'penstock/plugin-host';
import type { PooledToken } from 'penstock/token-cache';
import { EdgeStates } from 'penstock/upstream';

type Concerns = (token: PooledToken) => boolean;

/** The edges as the balancer sees them: by the base URLs of tokens. */
@Injectable()
export class TokenEdges extends EdgeView {
  readonly #origins = new Map<string, string>();

  constructor(
    private readonly edges: EdgeStates,
    private readonly providers: ProviderRegistry,
  ) {
    super();
  }

  override challengedUntil(token: PooledToken): number | null {
    return this.edges.isQuiet ? null : this.edges.challengedUntil(this.#originOf(token));
  }

  override onChange(listener: (concerns: Concerns) => void): () => void {
    return this.edges.onChange(({ origin }) => {
      listener((token) => this.#originOf(token) === origin);
    });
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
