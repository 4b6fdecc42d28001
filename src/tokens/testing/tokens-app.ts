import { Module } from '@nestjs/common';
import { ProviderError, ProviderPlugin, type ProviderContext, type Verification } from 'penstock/plugin-api';
import { stubManifest, StubProvider } from 'penstock/plugin-host/testing';
import { TokenCache, TokenCacheModule, type PooledToken } from 'penstock/token-cache';
import { UpstreamModule } from 'penstock/upstream';
import { afterEach, beforeEach, expect } from 'vitest';

import {
  startApp,
  type TestAnswer,
  type TestApp,
  type TestAppOptions,
} from '../../../test/support/start-app.js';
import { AuthModule, authMigrations } from '../../auth/index.js';
import { tokenMigrations } from '../migrations/index.js';
import { InFlightCounter } from '../ports/in-flight-counter.js';
import { TokenUsage } from '../ports/token-usage.js';
import { TokenHealth } from '../token-health.js';
import { TokenStorageModule } from '../token-storage.module.js';
import { tokenSchema, type TokenView } from '../tokens.schemas.js';
import { TokensModule } from '../tokens.module.js';

/** A provider that says of a credential what its upstream would. */
@ProviderPlugin(stubManifest({ name: 'acme' }))
class AcmeProvider extends StubProvider {
  override verify(context?: ProviderContext): Promise<Verification> {
    const { secret = '' } = context ?? {};
    if (secret.startsWith('good')) return Promise.resolve({ valid: true, detail: 'account 7' });
    if (secret.startsWith('bad')) return Promise.resolve({ valid: false, detail: 'revoked' });
    if (secret.startsWith('refused'))
      throw new ProviderError({ kind: 'unauthorized' }, 'GET /me answered 401.');
    if (secret.startsWith('limited'))
      throw new ProviderError({ kind: 'rate_limited', retryAfterMs: 9_000 }, 'Slow down.');
    if (secret.startsWith('hanging')) return new Promise(() => undefined);
    if (secret.startsWith('clumsy')) throw new TypeError(`"Bearer ${secret}" is no header value`);
    throw new ProviderError({ kind: 'transient', retryAfterMs: null }, 'GET /me answered 503.');
  }
}

@Module({ providers: [AcmeProvider] })
class AcmeModule {}

/** Generations that depend on tokens, as a test says. */
class FakeUsage extends TokenUsage {
  readonly unfinished = new Map<string, number>();

  override unfinishedGenerations(tokenId: string): Promise<number> {
    return Promise.resolve(this.unfinished.get(tokenId) ?? 0);
  }
}

class ThreeInFlight extends InFlightCounter {
  override inFlight(): number {
    return 3;
  }
}

/** Of every application here. */
export const usage = new FakeUsage();
/** Tokens, and what they need. */
export const TOKENS_APP: TestAppOptions = {
  imports: [
    TokenCacheModule.forRoot({ isGlobal: true, imports: [TokenStorageModule] }),
    UpstreamModule.forRoot({ isGlobal: true }),
    AcmeModule,
    AuthModule,
    TokensModule,
  ],
  migrations: [...authMigrations, ...tokenMigrations],
  globals: [
    { provide: TokenUsage, useValue: usage },
    { provide: InFlightCounter, useClass: ThreeInFlight },
  ],
};

/** The body that adds a good token. */
export const BODY = { provider: 'acme', label: 'team-a', secret: 'good-secret-7890' };

/** A running application, and what its tests ask of it. */
export class TokensApp {
  #test: TestApp | undefined;

  /** Starts one for each test of the suite around it. */
  constructor() {
    beforeEach(async () => {
      this.#test = await startApp(TOKENS_APP);
    });
    afterEach(() => this.#test?.close());
  }

  get test(): TestApp {
    if (this.#test === undefined) throw new Error('There is an application only while a test runs.');
    return this.#test;
  }

  readonly post = (body: unknown): Promise<TestAnswer> =>
    this.test.request('POST', '/admin/tokens', { body });
  readonly patch = (id: string, body: unknown): Promise<TestAnswer> =>
    this.test.request('PATCH', `/admin/tokens/${id}`, { body });
  readonly act = (id: string, action: string): Promise<TestAnswer> =>
    this.test.request('POST', `/admin/tokens/${id}/${action}`);
  readonly read = async (id: string): Promise<TokenView> =>
    tokenSchema.parse((await this.test.request('GET', `/admin/tokens/${id}`)).body);
  readonly pooled = (id: string): PooledToken | undefined => this.test.app.get(TokenCache).get(id);
  readonly health = (): TokenHealth => this.test.app.get(TokenHealth);

  /** Adds a token. */
  readonly make = async (changes: object = {}): Promise<TokenView> => {
    const answer = await this.post({ ...BODY, ...changes });
    expect(answer.text).not.toContain('secret-7890');
    expect(answer.status).toBe(201);
    return tokenSchema.parse(answer.body);
  };
}
