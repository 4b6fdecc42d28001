import { Module } from '@nestjs/common';
import { BalancerModule } from 'penstock/balancer';
import { ProviderPlugin } from 'penstock/plugin-api';
import { stubManifest, StubProvider } from 'penstock/plugin-host/testing';
import { PollingModule, PollTarget } from 'penstock/polling';
import { FakePollTarget } from 'penstock/polling/testing';
import { defineSettings, SettingsModule, settingsMigrations } from 'penstock/settings';
import { TokenCacheModule, TokenSource } from 'penstock/token-cache';
import { FakeTokenSource } from 'penstock/token-cache/testing';
import { z } from 'zod';

import type { TestApp, TestAppOptions } from '../../../test/support/start-app.js';
import { AuthModule, authMigrations } from '../../auth/index.js';
import { HealthModule, healthMigrations } from '../../health/index.js';
import { GatewaySettingsModule } from '../gateway-settings.module.js';

/** Settings of a plugin. */
export const studioSettings = defineSettings({
  name: 'acme-studio',
  description: 'Of a plugin.',
  schema: z.object({ style: z.string().max(20).default('plain') }),
});

@ProviderPlugin(stubManifest({ name: 'acme' }))
class AcmeProvider extends StubProvider {}

@Module({ imports: [SettingsModule.forFeature([studioSettings])], providers: [AcmeProvider] })
class PluginModule {}

@Module({ providers: [{ provide: TokenSource, useClass: FakeTokenSource }], exports: [TokenSource] })
class TokenSourceModule {}

const BALANCER = { maxWaiting: 7, strategies: { default: 'random' } };

/** An application with all that has settings, and options that are other than the defaults. */
export const settingsApp: TestAppOptions = {
  imports: [
    TokenCacheModule.forRoot({ isGlobal: true, imports: [TokenSourceModule] }),
    BalancerModule.forRoot({ isGlobal: true, ...BALANCER }),
    PollingModule.forRoot({ isGlobal: true }),
    PluginModule,
    AuthModule,
    HealthModule,
    GatewaySettingsModule.forRoot({ polling: { maxActive: 9 }, balancer: BALANCER }),
  ],
  globals: [{ provide: PollTarget, useClass: FakePollTarget }],
  migrations: [...authMigrations, ...healthMigrations, ...settingsMigrations],
  settings: SettingsModule.forRoot({ isGlobal: true }),
};

/** A change of a section. */
export interface SettingsRequest {
  /** The version that was looked at; `null` for none. */
  readonly at: number | null;
  readonly body?: unknown;
}

/** Changes a section over the API. */
export function changeSettings(
  test: TestApp,
  method: 'PUT' | 'PATCH' | 'DELETE',
  section: string,
  { at, ...body }: SettingsRequest,
): ReturnType<TestApp['request']> {
  const headers = at === null ? {} : { headers: { 'if-match': `"${at}"` } };
  return test.request(method, `/admin/settings/${section}`, { ...body, ...headers });
}

/** The error that an answer tells of. */
export function errorOf({ body }: { readonly body: unknown }): Record<string, unknown> {
  return (body as { readonly error: Record<string, unknown> }).error;
}
