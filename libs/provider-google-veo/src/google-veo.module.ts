import { Module, type DynamicModule } from '@nestjs/common';
import { ProviderPlugin } from 'penstock/plugin-api';

import { resolveGoogleVeoOptions, type GoogleVeoOptions } from './google-veo.options.js';
import { manifestOf, GoogleVeoProvider } from './google-veo.provider.js';

/** Offers the provider `google-veo`. Import `GoogleVeoModule.forRoot()` once. */
@Module({})
export class GoogleVeoModule {
  /** @throws RangeError when an option is wrong */
  static forRoot(options: GoogleVeoOptions = {}): DynamicModule {
    @ProviderPlugin(manifestOf(resolveGoogleVeoOptions(options)))
    class ConfiguredGoogleVeoProvider extends GoogleVeoProvider {}
    return { module: GoogleVeoModule, providers: [ConfiguredGoogleVeoProvider] };
  }
}
