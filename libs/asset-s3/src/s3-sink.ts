import type { S3Client } from '@aws-sdk/client-s3';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { AssetSink } from 'penstock/plugin-api';

import { abandonUploads } from './abandoned-uploads.js';
import { MODULE_OPTIONS_TOKEN } from './asset-s3.module-definition.js';
import { resolveS3Options, type AssetS3Options, type ResolvedS3Options } from './asset-s3.options.js';
import { createS3Client } from './s3-client.js';
import { S3Storage } from './s3-storage.js';

/** The sink `s3`. A server that does not answer keeps no application from its start. */
@AssetSink({ name: 's3' })
@Injectable()
export class S3Sink extends S3Storage implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('asset-s3');
  readonly #client: S3Client;
  readonly #options: ResolvedS3Options;
  readonly #startedAt = new Date();

  constructor(@Inject(MODULE_OPTIONS_TOKEN) options: AssetS3Options) {
    const resolved = resolveS3Options(options);
    const client = createS3Client(resolved);
    super(client, resolved);
    this.#client = client;
    this.#options = resolved;
  }

  /** Not waited for: what a killed process left hinders nobody. */
  onApplicationBootstrap(): void {
    const { bucket } = this.#options;
    abandonUploads(this.#client, this.#options, this.#startedAt).then(
      (uploads) => {
        if (uploads > 0) this.#logger.log({ bucket, uploads }, 'Removed uploads that were never finished');
      },
      (error: unknown) => {
        this.#logger.warn({ bucket, err: error }, 'Could not look for uploads that were never finished');
      },
    );
  }

  onApplicationShutdown(): void {
    this.#client.destroy();
  }
}
