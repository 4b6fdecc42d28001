import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3ServiceException,
  type S3Client,
} from '@aws-sdk/client-s3';
import { abortable } from 'penstock/kernel';
import type { AssetStorage, SinkRange, SinkWrite, StoredContent } from 'penstock/plugin-api';

import { abandonUploads } from './abandoned-uploads.js';
import { OpenUploads } from './open-uploads.js';
import { PartUpload, type ObjectName } from './part-upload.js';
import { partsOf } from './parts.js';

/** The most parts that S3 takes. */
const MOST_PARTS = 10_000;

/** Where objects go. */
export interface S3Place {
  readonly bucket: string;
  readonly prefix: string;
  /** Size of a part in bytes; larger ones are used where the size of a content needs them. */
  readonly partBytes: number;
}

/**
 * Objects in a bucket, each named after its copy. A content of several parts is sent part by part, and is there when all of it
 * is; a repeated copy takes the place of the first.
 */
export class S3Storage implements AssetStorage {
  readonly #uploads = new OpenUploads();

  constructor(
    private readonly client: S3Client,
    private readonly place: S3Place,
  ) {}

  async write({ copyId, contentType, bytes: expected, content, signal }: SinkWrite): Promise<StoredContent> {
    signal.throwIfAborted();
    const hash = createHash('sha256');
    const partBytes = Math.max(this.place.partBytes, Math.ceil((expected ?? 0) / MOST_PARTS));
    const object = { ...this.#object(this.keyOf(copyId)), ContentType: contentType };
    let bytes = 0;
    let upload: PartUpload | null = null;
    try {
      for await (const part of partsOf(abortable(content, signal), partBytes)) {
        hash.update(part);
        bytes += part.length;
        if (upload === null && part.length < partBytes) {
          await this.client.send(new PutObjectCommand({ ...object, Body: part }), { abortSignal: signal });
          continue;
        }
        upload ??= await PartUpload.begin(this.client, object, this.#uploads, signal);
        await upload.add(part, signal);
      }
      await upload?.complete(signal);
    } catch (error) {
      await upload?.abandon();
      throw error;
    }
    return { key: object.Key, bytes, sha256: hash.digest('hex') };
  }

  async open(key: string, range?: SinkRange): Promise<Readable | null> {
    const part = range === undefined ? {} : { Range: `bytes=${String(range.start)}-${String(range.end)}` };
    const answer = await this.#unlessMissing(
      this.client.send(new GetObjectCommand({ ...this.#object(key), ...part })),
    );
    if (answer === null) return null;
    if (answer.Body instanceof Readable) return answer.Body;
    throw new Error('The S3 server answered without a body.');
  }

  async stat(key: string): Promise<{ readonly bytes: number } | null> {
    const head = await this.#unlessMissing(this.client.send(new HeadObjectCommand(this.#object(key))));
    return head === null ? null : { bytes: head.ContentLength ?? 0 };
  }

  async delete(key: string): Promise<void> {
    await this.client.send(new DeleteObjectCommand(this.#object(key)));
  }

  keyOf(copyId: string): string {
    return this.place.prefix + copyId;
  }

  /** Removes uploads in parts that this process does not have under way. */
  tidy(): Promise<number> {
    return abandonUploads(this.client, this.place, this.#uploads);
  }

  #object(key: string): ObjectName {
    return { Bucket: this.place.bucket, Key: key };
  }

  /** A bucket that is not there holds back its objects; it has not lost them. */
  async #unlessMissing<T>(found: Promise<T>): Promise<T | null> {
    try {
      return await found;
    } catch (error) {
      if (!(error instanceof S3ServiceException) || error.$metadata.httpStatusCode !== 404) throw error;
      await this.client.send(new HeadBucketCommand({ Bucket: this.place.bucket }));
      return null;
    }
  }
}
