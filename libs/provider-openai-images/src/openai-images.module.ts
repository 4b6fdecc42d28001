import { Module, type DynamicModule } from '@nestjs/common';
import { ProviderPlugin } from 'penstock/plugin-api';

import { resolveOpenAiImagesOptions, type OpenAiImagesOptions } from './openai-images.options.js';
import { manifestOf, OpenAiImagesProvider } from './openai-images.provider.js';

/** Offers the provider `openai-images`. Import `OpenAiImagesModule.forRoot()` once. */
@Module({})
export class OpenAiImagesModule {
  /** @throws RangeError when an option is wrong */
  static forRoot(options: OpenAiImagesOptions = {}): DynamicModule {
    @ProviderPlugin(manifestOf(resolveOpenAiImagesOptions(options)))
    class ConfiguredOpenAiImagesProvider extends OpenAiImagesProvider {}
    return { module: OpenAiImagesModule, providers: [ConfiguredOpenAiImagesProvider] };
  }
}
