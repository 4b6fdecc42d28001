import type { S3Client } from '@aws-sdk/client-s3';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AssetSink } from 'penstock/plugin-api';

import { MODULE_OPTIONS_TOKEN } from './asset-s3.module-definition.js';
import { resolveS3Options, type AssetS3Options } from './asset-s3.options.js';
import { createS3Client } from './s3-client.js';
import { S3Storage } from './s3-storage.js';

/** The sink `s3`. A server that does not answer keeps no application from its start. */
@AssetSink({ name: 's3' })
@Injectable()
export class S3Sink extends S3Storage implements OnApplicationShutdown {
  readonly #client: S3Client;

  constructor(@Inject(MODULE_OPTIONS_TOKEN) options: AssetS3Options) {
    const resolved = resolveS3Options(options);
    const client = createS3Client(resolved);
    super(client, resolved);
    this.#client = client;
  }

  onApplicationShutdown(): void {
    this.#client.destroy();
  }
}
