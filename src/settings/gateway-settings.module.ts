import { Module, type DynamicModule } from '@nestjs/common';
import { Balancer, type BalancerOptions } from 'penstock/balancer';
import { PluginHostModule, ProviderRegistry } from 'penstock/plugin-host';
import { resolvePollSettings, type PollingOptions } from 'penstock/polling';
import { SettingsModule } from 'penstock/settings';
import { resolveTokenCacheOptions, type TokenCacheOptions } from 'penstock/token-cache';

import { balancerSection } from './balancer-section.js';
import { pollingSettings } from './polling.settings.js';
import { SettingsEffects } from './settings-effects.js';
import { SettingsController } from './settings.controller.js';
import { SettingsHealth } from './settings.health.js';
import { tokenCacheSettings } from './token-cache.settings.js';

/** What the application was made with, which settings change. */
export interface ConfiguredParts {
  readonly polling?: PollingOptions | undefined;
  readonly balancer?: BalancerOptions | undefined;
  readonly tokenCache?: TokenCacheOptions | undefined;
}

/**
 * Settings for operators, and the sections of parts that know nothing of settings. `Settings`, `PollScheduler`,
 * `Balancer`, `AdmissionQueue` and `TokenCache` come from global modules.
 */
@Module({ controllers: [SettingsController], providers: [SettingsEffects, SettingsHealth] })
export class GatewaySettingsModule {
  /** @throws RangeError naming an option that is out of its bounds, here or at the start */
  static forRoot({ polling = {}, balancer, tokenCache }: ConfiguredParts = {}): DynamicModule {
    const sections = [
      pollingSettings.withDefaults(resolvePollSettings(polling)),
      tokenCacheSettings.withDefaults(resolveTokenCacheOptions(tokenCache)),
    ];
    const ofBalancer = {
      provide: Symbol('settings of the balancer'),
      inject: [Balancer, ProviderRegistry],
      useFactory: (running: Balancer, registry: ProviderRegistry) =>
        balancerSection(balancer, running, registry),
    };
    return {
      module: GatewaySettingsModule,
      imports: [PluginHostModule, SettingsModule.forFeature(sections)],
      providers: [ofBalancer],
    };
  }
}
