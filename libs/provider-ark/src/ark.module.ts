import { Module, type DynamicModule } from '@nestjs/common';
import { ProviderPlugin } from 'penstock/plugin-api';

import { resolveArkOptions, type ArkOptions } from './ark.options.js';
import { manifestOf, ArkProvider } from './ark.provider.js';

/** Offers the provider `ark`. Import `ArkModule.forRoot()` once. */
@Module({})
export class ArkModule {
  /** @throws RangeError when an option is wrong */
  static forRoot(options: ArkOptions = {}): DynamicModule {
    @ProviderPlugin(manifestOf(resolveArkOptions(options)))
    class ConfiguredArkProvider extends ArkProvider {}
    return { module: ArkModule, providers: [ConfiguredArkProvider] };
  }
}
