import { Module } from '@nestjs/common';
import { PluginHostModule } from 'penstock/plugin-host';
import { SettingsModule } from 'penstock/settings';

import { BoundedCalls } from './bounded-calls.js';
import { ProviderContextFactory } from './provider-context.factory.js';
import { ProxyRoutes } from './proxy-routes.js';
import { proxySettings } from './proxy.settings.js';

/**
 * Offers {@link ProviderContextFactory}, {@link ProxyRoutes} and {@link BoundedCalls}. `UpstreamModule`, `Settings` and a `Clock` come from
 * global modules.
 */
@Module({
  imports: [PluginHostModule, SettingsModule.forFeature([proxySettings])],
  providers: [BoundedCalls, ProviderContextFactory, ProxyRoutes],
  exports: [BoundedCalls, ProviderContextFactory, ProxyRoutes],
})
export class ProvidersModule {}
