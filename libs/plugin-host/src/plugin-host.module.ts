import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';

import { PluginLifecycleRunner } from './plugin-lifecycle.runner.js';
import { ProviderExplorer } from './provider-explorer.js';
import { ProviderMetadataAccessor } from './provider-metadata.accessor.js';
import { ProviderRegistry } from './provider.registry.js';
import { SinkRegistry } from './sink.registry.js';

/**
 * Finds every `@ProviderPlugin` and `@AssetSink` of the application and provides {@link ProviderRegistry} and
 * {@link SinkRegistry}. Modules that use a registry import this one, so that its hooks run before theirs.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    ProviderMetadataAccessor,
    ProviderExplorer,
    ProviderRegistry,
    PluginLifecycleRunner,
    SinkRegistry,
  ],
  exports: [ProviderRegistry, SinkRegistry],
})
export class PluginHostModule {}
