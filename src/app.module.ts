import { Module, type DynamicModule } from '@nestjs/common';
import { OpenAiVideosModule } from 'penstock/provider-openai-videos';

import { PenstockModule, type PenstockModuleOptions } from './penstock.module.js';

/** Penstock with the plugins that come with it: this is the only place that names them. */
@Module({})
export class AppModule {
  static forRoot({ plugins = [], ...options }: PenstockModuleOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [PenstockModule.forRoot({ ...options, plugins: [OpenAiVideosModule.forRoot(), ...plugins] })],
    };
  }
}
