import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandInput,
  type ListMultipartUploadsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';

import type { S3Place } from './s3-storage.js';

/**
 * Removes what a process that was killed had begun to send: it takes place in the bucket, and shows nowhere.
 *
 * @param before - only what was begun before it
 * @returns how many uploads there were
 */
export async function abandonUploads(
  client: S3Client,
  { bucket: Bucket, prefix: Prefix }: Pick<S3Place, 'bucket' | 'prefix'>,
  before: Date,
): Promise<number> {
  let removed = 0;
  let from: Pick<ListMultipartUploadsCommandInput, 'KeyMarker' | 'UploadIdMarker'> | undefined = {};
  while (from !== undefined) {
    const page: ListMultipartUploadsCommandOutput = await client.send(
      new ListMultipartUploadsCommand({ Bucket, Prefix, ...from }),
    );
    const old = (page.Uploads ?? []).filter(({ Initiated }) => Initiated === undefined || Initiated < before);
    for (const { Key, UploadId } of old) {
      await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    }
    removed += old.length;
    from =
      page.IsTruncated === true
        ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
        : undefined;
  }
  return removed;
}
