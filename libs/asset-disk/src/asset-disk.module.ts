import { Module } from '@nestjs/common';

import { ConfigurableModuleClass } from './asset-disk.module-definition.js';
import { DiskSink } from './disk-sink.js';

/** Offers the sink `disk`. Import `AssetDiskModule.forRoot({ folder })` or `forRootAsync` once. */
@Module({ providers: [DiskSink] })
export class AssetDiskModule extends ConfigurableModuleClass {}
