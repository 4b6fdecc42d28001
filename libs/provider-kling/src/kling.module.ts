import { Module, type DynamicModule } from '@nestjs/common';
import { ProviderPlugin } from 'penstock/plugin-api';

import { resolveKlingOptions, type KlingOptions } from './kling.options.js';
import { manifestOf, KlingProvider } from './kling.provider.js';

/** Offers the provider `kling`. Import `KlingModule.forRoot()` once. */
@Module({})
export class KlingModule {
  /** @throws RangeError when an option is wrong */
  static forRoot(options: KlingOptions = {}): DynamicModule {
    @ProviderPlugin(manifestOf(resolveKlingOptions(options)))
    class ConfiguredKlingProvider extends KlingProvider {}
    return { module: KlingModule, providers: [ConfiguredKlingProvider] };
  }
}
