import { Injectable, Optional } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import type { ProviderContext, RefreshContext } from 'penstock/plugin-api';
import { ProviderRegistry } from 'penstock/plugin-host';
import { UpstreamClient } from 'penstock/upstream';

import { EdgeGate, OpenGate } from './edge-gate.js';
import { NestProviderLogger } from './nest-provider-logger.js';
import { OpenProxyGate, ProxyGate } from './proxy-gate.js';
import { ProxyRoutes } from './proxy-routes.js';
import { redactorOf } from './redactor.js';
import { UpstreamProviderHttp } from './upstream-provider-http.js';

/** What a context is made for: one call of one provider's method on one token. */
export interface ContextRequest {
  readonly token: {
    readonly id: string;
    readonly label: string;
    readonly provider: string;
    /** `null` for the base URL in the provider's manifest. */
    readonly baseUrl: string | null;
    /** `null` for the proxy that the settings name, if any. */
    readonly proxyUrl: string | null;
  };
  /** The opened credential. It is cut out of messages and log lines. */
  readonly secret: string;
  /** Handed over, and cut out like the secret. @defaultValue none */
  readonly refreshSecret?: string;
  /** Ends the call. */
  readonly signal: AbortSignal;
  /** Named in log lines, such as `submit`. */
  readonly operation?: string;
}

/** Makes what a provider's method is given besides its arguments. */
@Injectable()
export class ProviderContextFactory {
  constructor(
    private readonly providers: ProviderRegistry,
    private readonly client: UpstreamClient,
    private readonly clock: Clock,
    private readonly routes: ProxyRoutes,
    @Optional() private readonly edges: EdgeGate = new OpenGate(),
    @Optional() private readonly proxies: ProxyGate = new OpenProxyGate(),
  ) {}

  /** @throws PluginError `unknown_provider` when the token has no base URL and no plugin the name of its provider */
  create(request: ContextRequest & { readonly refreshSecret: string }): RefreshContext;
  create(request: ContextRequest): ProviderContext;
  create(request: ContextRequest): ProviderContext {
    const { token, secret, refreshSecret, signal, operation } = request;
    const { id, label, provider } = token;
    const proxyUrls = this.routes.candidates(token);
    const baseUrl = token.baseUrl ?? this.providers.get(provider).manifest.baseUrl;
    const redact = redactorOf(secret, refreshSecret ?? '');
    const call = { tokenId: id, ...(operation === undefined ? {} : { operation }) };
    return {
      token: { id, label },
      secret,
      http: new UpstreamProviderHttp(
        this.client,
        this.clock,
        { baseUrl, proxyUrls, signal, redact },
        this.edges,
        this.proxies,
      ),
      logger: new NestProviderLogger(provider, call, redact),
      signal,
      ...(refreshSecret === undefined ? {} : { refreshSecret }),
    };
  }
}
