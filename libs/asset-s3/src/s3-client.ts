import { S3Client } from '@aws-sdk/client-s3';

import type { ResolvedS3Options } from './asset-s3.options.js';

const CONNECT_MS = 5_000;
/** Of one request, a part of an upload or the head of an answer; not of what flows after it. */
const REQUEST_MS = 120_000;
/** Of one request. Files that are read hold a connection each. */
const ATTEMPTS = 4;
const CONNECTIONS = 512;

/** A client that tries each request again where that helps. Its owner destroys it. */
export function createS3Client({
  endpoint,
  region,
  forcePathStyle,
  credentials,
}: ResolvedS3Options): S3Client {
  return new S3Client({
    region,
    forcePathStyle,
    maxAttempts: ATTEMPTS,
    ...(endpoint === null ? {} : { endpoint }),
    ...(credentials === null ? {} : { credentials: { ...credentials } }),
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: REQUEST_MS,
      throwOnRequestTimeout: true,
      httpAgent: { maxSockets: CONNECTIONS },
      httpsAgent: { maxSockets: CONNECTIONS },
    },
  });
}
