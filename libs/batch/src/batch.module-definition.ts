import { ConfigurableModuleBuilder, type ModuleMetadata } from '@nestjs/common';

import type { BatchOptions } from './batch.options.js';

/** What the module's definition takes besides the options. */
export interface BatchModuleExtras {
  /** @defaultValue false */
  readonly isGlobal?: boolean;
  /** Modules that export a `BatchStore` or a `Clock`, unless global ones do. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<BatchOptions>({
  moduleName: 'Batch',
})
  .setClassMethodName('forRoot')
  .setExtras<BatchModuleExtras>({ isGlobal: false, imports: [] }, (definition, extras) => ({
    ...definition,
    global: extras.isGlobal ?? false,
    imports: [...(definition.imports ?? []), ...(extras.imports ?? [])],
  }))
  .build();
