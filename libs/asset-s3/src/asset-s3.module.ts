import { Module } from '@nestjs/common';

import { ConfigurableModuleClass } from './asset-s3.module-definition.js';
import { S3Sink } from './s3-sink.js';

/** Offers the sink `s3`. Import `AssetS3Module.forRoot({ bucket })` or `forRootAsync` once. */
@Module({ providers: [S3Sink] })
export class AssetS3Module extends ConfigurableModuleClass {}
