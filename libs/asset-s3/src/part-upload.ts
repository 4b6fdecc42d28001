import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
  type CompletedPart,
  type S3Client,
} from '@aws-sdk/client-s3';

import type { OpenUploads } from './open-uploads.js';

/** A process that ends waits for it. */
const ABANDON_MS = 10_000;

/** Which object. */
export interface ObjectName {
  readonly Bucket: string;
  readonly Key: string;
}

/** An object that is sent in parts. It is there once it is completed, and not at all before. */
export class PartUpload {
  readonly #parts: CompletedPart[] = [];

  private constructor(
    private readonly client: S3Client,
    private readonly upload: ObjectName & { readonly UploadId: string },
    private readonly open: OpenUploads,
    /** Whether the server has the checksums of the parts, and so takes them at the end; others refuse what they did not keep. */
    private readonly hasChecksums: boolean,
  ) {}

  /** @param open - has it until it is completed or abandoned */
  static async begin(
    client: S3Client,
    object: ObjectName & { readonly ContentType: string },
    open: OpenUploads,
    abortSignal: AbortSignal,
  ): Promise<PartUpload> {
    let hasChecksums = false;
    const UploadId = await open.begin(async () => {
      const command = new CreateMultipartUploadCommand({ ...object, ChecksumAlgorithm: 'CRC32' });
      const begun = await client.send(command, { abortSignal });
      hasChecksums = begun.ChecksumAlgorithm === 'CRC32';
      if (begun.UploadId !== undefined) return begun.UploadId;
      throw new Error('The S3 server gave no id for an upload in parts.');
    });
    const upload = { Bucket: object.Bucket, Key: object.Key, UploadId };
    return new PartUpload(client, upload, open, hasChecksums);
  }

  /** Sends the next part. The server checks what comes by its checksum. */
  async add(part: Buffer, abortSignal: AbortSignal): Promise<void> {
    const PartNumber = this.#parts.length + 1;
    const command = new UploadPartCommand({ ...this.upload, PartNumber, Body: part });
    const { ETag, ChecksumCRC32 } = await this.client.send(command, { abortSignal });
    if (ETag === undefined) throw new Error(`The S3 server gave no ETag for part ${String(PartNumber)}.`);
    const isChecked = this.hasChecksums && ChecksumCRC32 !== undefined;
    this.#parts.push({ PartNumber, ETag, ...(isChecked ? { ChecksumCRC32 } : {}) });
  }

  async complete(abortSignal: AbortSignal): Promise<void> {
    const command = new CompleteMultipartUploadCommand({
      ...this.upload,
      MultipartUpload: { Parts: this.#parts },
    });
    await this.client.send(command, { abortSignal });
    this.open.end(this.upload.UploadId);
  }

  /** Has the server forget the parts. Never throws: what stays is removed by the next `tidy`, or by a rule of the bucket. */
  async abandon(): Promise<void> {
    const command = new AbortMultipartUploadCommand(this.upload);
    await this.client.send(command, { abortSignal: AbortSignal.timeout(ABANDON_MS) }).catch(() => undefined);
    this.open.end(this.upload.UploadId);
  }
}
