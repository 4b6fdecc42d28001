import { Module } from '@nestjs/common';
import { PluginHostModule } from 'penstock/plugin-host';
import { SettingsModule } from 'penstock/settings';

import { BoundedCalls } from './bounded-calls.js';
import { ProviderContextFactory } from './provider-context.factory.js';
import { proxySettings } from './proxy.settings.js';

/**
 * Offers {@link ProviderContextFactory} and {@link BoundedCalls}. `UpstreamModule`, `Settings` and a `Clock` come from
 * global modules.
 */
@Module({
  imports: [PluginHostModule, SettingsModule.forFeature([proxySettings])],
  providers: [BoundedCalls, ProviderContextFactory],
  exports: [BoundedCalls, ProviderContextFactory],
})
export class ProvidersModule {}
