import { Module, type DynamicModule } from '@nestjs/common';
import { ProviderPlugin } from 'penstock/plugin-api';

import { resolveOpenAiVideosOptions, type OpenAiVideosOptions } from './openai-videos.options.js';
import { manifestOf, OpenAiVideosProvider } from './openai-videos.provider.js';

/** Offers the provider `openai-videos`. Import `OpenAiVideosModule.forRoot()` once. */
@Module({})
export class OpenAiVideosModule {
  /** @throws RangeError when an option is wrong */
  static forRoot(options: OpenAiVideosOptions = {}): DynamicModule {
    const resolved = resolveOpenAiVideosOptions(options);

    // A manifest is metadata of a class, so options need a class of their own.
    @ProviderPlugin(manifestOf(resolved))
    class ConfiguredOpenAiVideosProvider extends OpenAiVideosProvider {
      protected override readonly models = resolved.models;
    }
    return { module: OpenAiVideosModule, providers: [ConfiguredOpenAiVideosProvider] };
  }
}
