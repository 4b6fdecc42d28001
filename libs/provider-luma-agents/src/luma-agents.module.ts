import { Module, type DynamicModule } from '@nestjs/common';
import { ProviderPlugin } from 'penstock/plugin-api';

import { resolveLumaAgentsOptions, type LumaAgentsOptions } from './luma-agents.options.js';
import { manifestOf, LumaAgentsProvider } from './luma-agents.provider.js';

/** Offers the provider `luma-agents`. Import `LumaAgentsModule.forRoot()` once. */
@Module({})
export class LumaAgentsModule {
  /** @throws RangeError when an option is wrong */
  static forRoot(options: LumaAgentsOptions = {}): DynamicModule {
    @ProviderPlugin(manifestOf(resolveLumaAgentsOptions(options)))
    class ConfiguredLumaAgentsProvider extends LumaAgentsProvider {}
    return { module: LumaAgentsModule, providers: [ConfiguredLumaAgentsProvider] };
  }
}
