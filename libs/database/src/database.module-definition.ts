import { ConfigurableModuleBuilder } from '@nestjs/common';

import type { DatabaseModuleOptions } from './database-module.options.js';

/** `isGlobal` (default true) makes what the module exports visible everywhere. */
export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<DatabaseModuleOptions>()
    .setClassMethodName('forRoot')
    .setExtras({ isGlobal: true }, (definition, { isGlobal }) => ({ ...definition, global: isGlobal }))
    .build();
