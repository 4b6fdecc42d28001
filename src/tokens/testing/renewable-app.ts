import { Module } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import {
  ProviderPlugin,
  refreshByOAuth2,
  type ProviderContext,
  type Quota,
  type RefreshContext,
  type RefreshedCredential,
  type Verification,
} from 'penstock/plugin-api';
import { ScriptedUpstream } from 'penstock/plugin-api/testing';
import { stubManifest, StubProvider } from 'penstock/plugin-host/testing';
import { TokenCacheModule } from 'penstock/token-cache';
import { UpstreamModule } from 'penstock/upstream';
import { onTestFinished } from 'vitest';

import { startApp, type TestApp } from '../../../test/support/start-app.js';
import { AuthModule, authMigrations } from '../../auth/index.js';
import { tokenMigrations } from '../migrations/index.js';
import { TokenStorageModule } from '../token-storage.module.js';
import { TokenStore } from '../token-store.js';
import type { Token } from '../token.entity.js';
import { TokensModule } from '../tokens.module.js';

/** A provider whose credentials are renewed by OAuth 2.0 and whose quota can be read, over real HTTP. */
@ProviderPlugin(stubManifest({ name: 'acme' }))
class RenewableProvider extends StubProvider {
  constructor(private readonly clock: Clock) {
    super();
  }

  override async verify(context?: ProviderContext): Promise<Verification> {
    if (context === undefined) throw new Error('A provider is always given a context.');
    const { http, secret } = context;
    await http.json({ method: 'GET', path: '/me', headers: { authorization: `Bearer ${secret}` } });
    return { valid: true, detail: 'account 7' };
  }

  refreshCredential(context: RefreshContext): Promise<RefreshedCredential> {
    return refreshByOAuth2(
      { tokenEndpoint: '/oauth/token', clientId: 'penstock' },
      context,
      this.clock.now(),
    );
  }

  async fetchQuota({ http }: ProviderContext): Promise<Quota> {
    const { body } = await http.json({ method: 'GET', path: '/quota' });
    const { remaining, resetsAt } = body as { readonly remaining: number; readonly resetsAt: number };
    return { remaining, resetsAt };
  }
}

/** A provider without any capability. */
@ProviderPlugin(stubManifest({ name: 'plain' }))
class PlainProvider extends StubProvider {}

@Module({ providers: [RenewableProvider, PlainProvider] })
class ProviderModule {}

/** A running application with tokens, and the upstream that they are for. */
export interface RenewableApp {
  readonly test: TestApp;
  readonly upstream: ScriptedUpstream;
  readonly store: TokenStore;
  /** Adds a token with a refresh secret. */
  add(changes?: object): Promise<Token>;
}

/** Starts one for a test; it is gone after it. */
export async function startRenewableApp(): Promise<RenewableApp> {
  const upstream = await ScriptedUpstream.start();
  const test = await startApp({
    imports: [
      TokenCacheModule.forRoot({ isGlobal: true, imports: [TokenStorageModule] }),
      UpstreamModule.forRoot({ isGlobal: true }),
      ProviderModule,
      AuthModule,
      TokensModule,
    ],
    migrations: [...authMigrations, ...tokenMigrations],
  });
  onTestFinished(async () => {
    await test.close();
    await upstream.close();
  });
  const store = test.app.get(TokenStore);
  const add = async (changes: object = {}): Promise<Token> => {
    const plain = {
      provider: 'acme',
      label: 'a',
      secret: 'at-0001',
      refreshSecret: 'rt-0001',
      baseUrl: upstream.base,
    };
    const answer = await test.request('POST', '/admin/tokens', { body: { ...plain, ...changes } });
    return store.get((answer.body as { readonly id: string }).id);
  };
  return { test, upstream, store, add };
}
