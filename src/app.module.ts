import { join } from 'node:path';

import { Module, type DynamicModule } from '@nestjs/common';
import { AssetDiskModule } from 'penstock/asset-disk';
import { ArkModule } from 'penstock/provider-ark';
import { DashScopeModule } from 'penstock/provider-dashscope';
import { FalModule } from 'penstock/provider-fal';
import { GoogleVeoModule } from 'penstock/provider-google-veo';
import { KlingModule } from 'penstock/provider-kling';
import { LumaModule } from 'penstock/provider-luma';
import { OpenAiImagesModule } from 'penstock/provider-openai-images';
import { OpenAiVideosModule } from 'penstock/provider-openai-videos';
import { ReplicateModule } from 'penstock/provider-replicate';
import { RunwayModule } from 'penstock/provider-runway';

import { PenstockConfig } from './config/index.js';
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
  GoogleVeoModule.forRoot(),
  OpenAiImagesModule.forRoot(),
];

/** In the data folder. */
const SINKS = (): readonly DynamicModule[] => [
  AssetDiskModule.forRootAsync({
    inject: [PenstockConfig],
    useFactory: ({ dataDir }: PenstockConfig) => ({ folder: join(dataDir, 'assets') }),
  }),
];

/** Penstock with the plugins that come with it: this is the only place that names them. */
@Module({})
export class AppModule {
  static forRoot({ plugins = [], ...options }: PenstockModuleOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [PenstockModule.forRoot({ ...options, plugins: [...PROVIDERS(), ...SINKS(), ...plugins] })],
    };
  }
}
