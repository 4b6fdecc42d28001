import { ConfigurableModuleBuilder, type ModuleMetadata } from '@nestjs/common';

import type { PollingOptions } from './polling.options.js';

/** What the module's definition takes besides the options. */
export interface PollingModuleExtras {
  /** @defaultValue false */
  readonly isGlobal?: boolean;
  /** Modules that export a `Clock`, a `Random`, a `WaitObserver` or a `PollKnowledgeStore`, unless global ones do. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<PollingOptions>({ moduleName: 'Polling' })
    .setClassMethodName('forRoot')
    .setExtras<PollingModuleExtras>({ isGlobal: false, imports: [] }, (definition, extras) => ({
      ...definition,
      global: extras.isGlobal ?? false,
      imports: [...(definition.imports ?? []), ...(extras.imports ?? [])],
    }))
    .build();
