import { ConfigurableModuleBuilder, type ModuleMetadata } from '@nestjs/common';

import type { TokenCacheOptions } from './token-cache.options.js';

/** What the module's definition takes besides the options. */
export interface TokenCacheModuleExtras {
  /** @defaultValue false */
  readonly isGlobal?: boolean;
  /** Modules that export the `TokenSource`, unless a global one does. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<TokenCacheOptions>({ moduleName: 'TokenCache' })
    .setClassMethodName('forRoot')
    .setExtras<TokenCacheModuleExtras>({ isGlobal: false, imports: [] }, (definition, extras) => ({
      ...definition,
      global: extras.isGlobal ?? false,
      imports: [...(definition.imports ?? []), ...(extras.imports ?? [])],
    }))
    .build();
