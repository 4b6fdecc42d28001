import { Module, type DynamicModule } from '@nestjs/common';
import { resolveBalancerOptions, type BalancerOptions } from 'penstock/balancer';
import { resolvePollSettings, type PollingOptions } from 'penstock/polling';
import { SettingsModule } from 'penstock/settings';
import { resolveTokenCacheOptions, type TokenCacheOptions } from 'penstock/token-cache';

import { balancerSettings } from './balancer.settings.js';
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
 * `AdmissionQueue` and `TokenCache` come from global modules.
 */
@Module({ controllers: [SettingsController], providers: [SettingsEffects, SettingsHealth] })
export class GatewaySettingsModule {
  /** @throws RangeError naming an option that is out of its bounds */
  static forRoot({ polling = {}, balancer, tokenCache }: ConfiguredParts = {}): DynamicModule {
    const { maxWaiting, fullRetryAfterMs } = resolveBalancerOptions(balancer);
    const sections = [
      pollingSettings.withDefaults(resolvePollSettings(polling)),
      balancerSettings.withDefaults({ maxWaiting, fullRetryAfterMs }),
      tokenCacheSettings.withDefaults(resolveTokenCacheOptions(tokenCache)),
    ];
    return { module: GatewaySettingsModule, imports: [SettingsModule.forFeature(sections)] };
  }
}
