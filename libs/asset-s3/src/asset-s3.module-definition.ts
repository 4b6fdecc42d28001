import { ConfigurableModuleBuilder } from '@nestjs/common';

import type { AssetS3Options } from './asset-s3.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<AssetS3Options>({ moduleName: 'AssetS3' })
    .setClassMethodName('forRoot')
    .build();
