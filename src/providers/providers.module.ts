import { Module } from '@nestjs/common';
import { PluginHostModule } from 'penstock/plugin-host';

import { BoundedCalls } from './bounded-calls.js';
import { ProviderContextFactory } from './provider-context.factory.js';

/** Offers {@link ProviderContextFactory} and {@link BoundedCalls}. `UpstreamModule` and a `Clock` come from global modules. */
@Module({
  imports: [PluginHostModule],
  providers: [BoundedCalls, ProviderContextFactory],
  exports: [BoundedCalls, ProviderContextFactory],
})
export class ProvidersModule {}
