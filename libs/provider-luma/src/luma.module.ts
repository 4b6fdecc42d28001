import { Module, type DynamicModule } from '@nestjs/common';
import { ProviderPlugin } from 'penstock/plugin-api';

import { resolveLumaOptions, type LumaOptions } from './luma.options.js';
import { manifestOf, LumaProvider } from './luma.provider.js';

/** Offers the provider `luma`. Import `LumaModule.forRoot()` once. */
@Module({})
export class LumaModule {
  /** @throws RangeError when an option is wrong */
  static forRoot(options: LumaOptions = {}): DynamicModule {
    @ProviderPlugin(manifestOf(resolveLumaOptions(options)))
    class ConfiguredLumaProvider extends LumaProvider {}
    return { module: LumaModule, providers: [ConfiguredLumaProvider] };
  }
}
