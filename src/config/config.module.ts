import { Module, type DynamicModule } from '@nestjs/common';

import { PenstockConfig } from './penstock-config.js';

/** Provides {@link PenstockConfig} to every module. */
@Module({})
export class PenstockConfigModule {
  static forRoot(config: PenstockConfig): DynamicModule {
    return {
      module: PenstockConfigModule,
      global: true,
      providers: [{ provide: PenstockConfig, useValue: config }],
      exports: [PenstockConfig],
    };
  }
}
