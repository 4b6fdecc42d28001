import { Module, type DynamicModule } from '@nestjs/common';
import { ProviderPlugin } from 'penstock/plugin-api';

import { resolveRunwayOptions, type RunwayOptions } from './runway.options.js';
import { manifestOf, RunwayProvider } from './runway.provider.js';

/** Offers the provider `runway`. Import `RunwayModule.forRoot()` once. */
@Module({})
export class RunwayModule {
  /** @throws RangeError when an option is wrong */
  static forRoot(options: RunwayOptions = {}): DynamicModule {
    @ProviderPlugin(manifestOf(resolveRunwayOptions(options)))
    class ConfiguredRunwayProvider extends RunwayProvider {}
    return { module: RunwayModule, providers: [ConfiguredRunwayProvider] };
  }
}
