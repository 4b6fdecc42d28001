import { Module, type DynamicModule } from '@nestjs/common';
import { ArkModule } from 'penstock/provider-ark';
import { DashScopeModule } from 'penstock/provider-dashscope';
import { FalModule } from 'penstock/provider-fal';
import { KlingModule } from 'penstock/provider-kling';
import { LumaModule } from 'penstock/provider-luma';
import { OpenAiVideosModule } from 'penstock/provider-openai-videos';
import { ReplicateModule } from 'penstock/provider-replicate';
import { RunwayModule } from 'penstock/provider-runway';

import { PenstockModule, type PenstockModuleOptions } from './penstock.module.js';

const PROVIDERS = (): readonly DynamicModule[] => [
  OpenAiVideosModule.forRoot(),
  ReplicateModule.forRoot(),
  FalModule.forRoot(),
  RunwayModule.forRoot(),
  LumaModule.forRoot(),
  DashScopeModule.forRoot(),
  KlingModule.forRoot(),
  ArkModule.forRoot(),
];

/** Penstock with the plugins that come with it: this is the only place that names them. */
@Module({})
export class AppModule {
  static forRoot({ plugins = [], ...options }: PenstockModuleOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [PenstockModule.forRoot({ ...options, plugins: [...PROVIDERS(), ...plugins] })],
    };
  }
}
