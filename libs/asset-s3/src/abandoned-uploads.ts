import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  NoSuchUpload,
  type ListMultipartUploadsCommandInput,
  type ListMultipartUploadsCommandOutput,
  type MultipartUpload,
  type S3Client,
} from '@aws-sdk/client-s3';

import type { OpenUploads } from './open-uploads.js';
import type { S3Place } from './s3-storage.js';

/**
 * Removes uploads that were begun and will not be ended, such as those of a process that was killed: they take place in the
 * bucket, and show nowhere.
 *
 * @param open - those that stay
 * @returns how many were removed
 */
export async function abandonUploads(
  client: S3Client,
  { bucket: Bucket, prefix: Prefix }: Pick<S3Place, 'bucket' | 'prefix'>,
  open: OpenUploads,
): Promise<number> {
  let removed = 0;
  let from: Pick<ListMultipartUploadsCommandInput, 'KeyMarker' | 'UploadIdMarker'> | undefined = {};
  while (from !== undefined) {
    const page: ListMultipartUploadsCommandOutput = await client.send(
      new ListMultipartUploadsCommand({ Bucket, Prefix, ...from }),
    );
    await open.settled();
    const left = (page.Uploads ?? []).filter(({ UploadId }) => !open.has(UploadId));
    for (const upload of left) await abandon(client, Bucket, upload);
    removed += left.length;
    from =
      page.IsTruncated === true
        ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
        : undefined;
  }
  return removed;
}

async function abandon(client: S3Client, Bucket: string, { Key, UploadId }: MultipartUpload): Promise<void> {
  try {
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
  } catch (error) {
    // It was ended after it had been listed.
    if (!(error instanceof NoSuchUpload)) throw error;
  }
}
