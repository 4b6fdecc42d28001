import { Module, type DynamicModule } from '@nestjs/common';
import { ProviderPlugin } from 'penstock/plugin-api';

import { resolveFalOptions, type FalOptions } from './fal.options.js';
import { FalProvider, manifestOf } from './fal.provider.js';

/** Offers the provider `fal`. Import `FalModule.forRoot()` once. */
@Module({})
export class FalModule {
  /** @throws RangeError when an option is wrong */
  static forRoot(options: FalOptions = {}): DynamicModule {
    const resolved = resolveFalOptions(options);
    @ProviderPlugin(manifestOf(resolved))
    class ConfiguredFalProvider extends FalProvider {
      constructor() {
        super(resolved);
      }
    }
    return { module: FalModule, providers: [ConfiguredFalProvider] };
  }
}
