import { Module, type DynamicModule } from '@nestjs/common';
import { ProviderPlugin } from 'penstock/plugin-api';

import { resolveReplicateOptions, type ReplicateOptions } from './replicate.options.js';
import { manifestOf, ReplicateProvider } from './replicate.provider.js';

/** Offers the provider `replicate`. Import `ReplicateModule.forRoot()` once. */
@Module({})
export class ReplicateModule {
  /** @throws RangeError when an option is wrong */
  static forRoot(options: ReplicateOptions = {}): DynamicModule {
    const resolved = resolveReplicateOptions(options);

    @ProviderPlugin(manifestOf(resolved))
    class ConfiguredReplicateProvider extends ReplicateProvider {
      protected override readonly models = resolved.models;
    }
    return { module: ReplicateModule, providers: [ConfiguredReplicateProvider] };
  }
}
