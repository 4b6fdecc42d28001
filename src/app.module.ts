import { join } from 'node:path';

import { Module, type DynamicModule } from '@nestjs/common';
import { AssetDiskModule } from 'penstock/asset-disk';
import { ArkModule } from 'penstock/provider-ark';
import { DashScopeModule } from 'penstock/provider-dashscope';
import { FalModule } from 'penstock/provider-fal';
import { GoogleVeoModule } from 'penstock/provider-google-veo';
import { KlingModule } from 'penstock/provider-kling';
import { LumaModule } from 'penstock/provider-luma';
import { LumaAgentsModule } from 'penstock/provider-luma-agents';
import { OpenAiImagesModule } from 'penstock/provider-openai-images';
import { OpenAiVideosModule } from 'penstock/provider-openai-videos';
import { ReplicateModule } from 'penstock/provider-replicate';
import { RunwayModule } from 'penstock/provider-runway';

import { readConfig, type PenstockConfig } from './config/index.js';
import { PenstockModule, type PenstockModuleOptions } from './penstock.module.js';

const PROVIDERS = (): readonly DynamicModule[] => [
  OpenAiVideosModule.forRoot(),
  ReplicateModule.forRoot(),
  FalModule.forRoot(),
  RunwayModule.forRoot(),
  LumaModule.forRoot(),
  LumaAgentsModule.forRoot(),
  DashScopeModule.forRoot(),
  KlingModule.forRoot(),
  ArkModule.forRoot(),
  GoogleVeoModule.forRoot(),
  OpenAiImagesModule.forRoot(),
];

/** In the data folder, and in a bucket if there is one: the AWS SDK is loaded for nobody else. */
async function sinks({ dataDir, s3 }: PenstockConfig): Promise<readonly DynamicModule[]> {
  const disk = AssetDiskModule.forRoot({ folder: join(dataDir, 'assets') });
  if (s3 === null) return [disk];
  const { AssetS3Module } = await import('penstock/asset-s3');
  const { endpoint, credentials, ...place } = s3;
  const more = {
    ...(endpoint === null ? {} : { endpoint }),
    ...(credentials === null ? {} : { credentials }),
  };
  return [disk, AssetS3Module.forRoot({ ...place, ...more })];
}

/** Penstock with the plugins that come with it: this is the only place that names them. */
@Module({})
export class AppModule {
  /** @throws ConfigError that names every bad variable */
  static async forRoot({ plugins = [], ...options }: PenstockModuleOptions): Promise<DynamicModule> {
    const config = options.config ?? (await readConfig());
    const all = [...PROVIDERS(), ...(await sinks(config)), ...plugins];
    return { module: AppModule, imports: [PenstockModule.forRoot({ ...options, config, plugins: all })] };
  }
}
