import { Module } from '@nestjs/common';
import { PluginHostModule } from 'penstock/plugin-host';

import { ProviderContextFactory } from './provider-context.factory.js';

/** Offers {@link ProviderContextFactory}. `UpstreamModule` and a `Clock` come from global modules. */
@Module({
  imports: [PluginHostModule],
  providers: [ProviderContextFactory],
  exports: [ProviderContextFactory],
})
export class ProvidersModule {}
