import { ConfigurableModuleBuilder, type ModuleMetadata, type Type } from '@nestjs/common';

import { MetricsController } from './metrics.controller.js';

import type { MetricsOptions } from './metrics.options.js';

/** What the module's definition takes besides the options. */
export interface MetricsModuleExtras {
  /** @defaultValue false */
  readonly isGlobal?: boolean;
  /**
   * Serves the metrics: a class that extends {@link MetricsController} to say who may read them.
   * @defaultValue `MetricsController`
   */
  readonly controller?: Type<MetricsController>;
  /** Modules that export a `Clock`, unless a global one does. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<MetricsOptions>({ moduleName: 'Metrics' })
    .setClassMethodName('forRoot')
    .setExtras<MetricsModuleExtras>({ isGlobal: false, imports: [] }, (definition, extras) => ({
      ...definition,
      global: extras.isGlobal ?? false,
      controllers: [extras.controller ?? MetricsController],
      imports: [...(definition.imports ?? []), ...(extras.imports ?? [])],
    }))
    .build();
