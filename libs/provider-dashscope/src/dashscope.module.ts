import { Module, type DynamicModule } from '@nestjs/common';
import { ProviderPlugin } from 'penstock/plugin-api';

import { resolveDashScopeOptions, type DashScopeOptions } from './dashscope.options.js';
import { manifestOf, DashScopeProvider } from './dashscope.provider.js';

/** Offers the provider `dashscope`. Import `DashScopeModule.forRoot()` once. */
@Module({})
export class DashScopeModule {
  /** @throws RangeError when an option is wrong */
  static forRoot(options: DashScopeOptions = {}): DynamicModule {
    @ProviderPlugin(manifestOf(resolveDashScopeOptions(options)))
    class ConfiguredDashScopeProvider extends DashScopeProvider {}
    return { module: DashScopeModule, providers: [ConfiguredDashScopeProvider] };
  }
}
