import { Inject, Injectable, Optional } from '@nestjs/common';
import { Settings } from 'penstock/settings';

import { POOL, proxySettings } from './proxy.settings.js';

/** Port: the proxies that calls may take in turn. */
export abstract class ProxyPool {
  /** With their credentials. Read without a wait; the same array until something changes. */
  abstract urls(): readonly string[];
  /** Calls the listener after each change. Returns the way to end that. */
  abstract onChange(listener: () => void): () => void;
}

/** Holds none. */
class EmptyProxyPool extends ProxyPool {
  override urls(): readonly string[] {
    return [];
  }

  override onChange(): () => void {
    return () => undefined;
  }
}

/** Who asks for the way to an upstream. */
export interface RoutedToken {
  /** `null` for what the settings name. */
  readonly proxyUrl: string | null;
  readonly provider: string;
}

/** Which proxies the calls of a token may take: its own, else that of its provider, else the one of all. */
@Injectable()
export class ProxyRoutes {
  constructor(
    @Inject(Settings) private readonly settings: Pick<Settings, 'get'>,
    @Optional() private readonly pool: ProxyPool = new EmptyProxyPool(),
  ) {}

  /** `null` stands for a direct connection; empty when the pool is named and holds none. */
  candidates({ proxyUrl, provider }: RoutedToken): readonly (string | null)[] {
    const chosen = proxyUrl ?? this.#set(provider);
    return chosen === POOL ? this.pool.urls() : [chosen];
  }

  #set(provider: string): string | null {
    const { url, providers } = this.settings.get(proxySettings);
    const own = Object.hasOwn(providers, provider) ? providers[provider] : undefined;
    return own === undefined ? url : own;
  }
}
