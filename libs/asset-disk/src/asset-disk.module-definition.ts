import { ConfigurableModuleBuilder } from '@nestjs/common';

/** Where the sink keeps its files. */
export interface AssetDiskOptions {
  /** Absolute path of a folder that nobody else writes to; made when it is not there. */
  readonly folder: string;
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<AssetDiskOptions>({ moduleName: 'AssetDisk' })
    .setClassMethodName('forRoot')
    .build();
