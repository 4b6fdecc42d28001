import { Module } from '@nestjs/common';
import { PluginHostModule } from 'penstock/plugin-host';
import { SettingsModule } from 'penstock/settings';

import { ProviderContextFactory } from './provider-context.factory.js';
import { proxySettings } from './proxy.settings.js';

/** Offers {@link ProviderContextFactory}. `UpstreamModule`, `Settings` and a `Clock` come from global modules. */
@Module({
  imports: [PluginHostModule, SettingsModule.forFeature([proxySettings])],
  providers: [ProviderContextFactory],
  exports: [ProviderContextFactory],
})
export class ProvidersModule {}
