import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';

import { PluginLifecycleRunner } from './plugin-lifecycle.runner.js';
import { ProviderExplorer } from './provider-explorer.js';
import { ProviderMetadataAccessor } from './provider-metadata.accessor.js';
import { ProviderRegistry } from './provider.registry.js';

/**
 * Finds every `@ProviderPlugin` of the application and provides {@link ProviderRegistry}. Modules that use the registry
 * import this one, so that its hooks run before theirs.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [ProviderMetadataAccessor, ProviderExplorer, ProviderRegistry, PluginLifecycleRunner],
  exports: [ProviderRegistry],
})
export class PluginHostModule {}
