import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream, openAsBlob, type WriteStream } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { Injectable, Logger } from '@nestjs/common';
import { ProviderError, type InputReference } from 'penstock/plugin-api';

import { PenstockConfig } from '../config/penstock-config.js';
import { GenerationError } from './generation.errors.js';
import type { StoredReference } from './generation.entity.js';
import { VIDEO_FIELDS } from './request-fields.js';

/** The largest reference file, in bytes: what the OpenAI API takes. */
export const MAX_REFERENCE_BYTES = 20 * 1024 * 1024;

/** Media types that a reference may have. */
const REFERENCE_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'video/mp4'] as const;

/** Reference files of unfinished generations, as files in the data folder. */
@Injectable()
export class InputFiles {
  readonly #logger = new Logger('generations');
  readonly #folder: string;

  constructor(config: PenstockConfig) {
    this.#folder = join(config.dataDir, 'inputs');
  }

  /**
   * Streams a file to disk.
   *
   * @param field - where the file was, for errors
   * @throws GenerationError `invalid_value` for a media type that no reference may have and for an empty file,
   *   `file_too_large` past {@link MAX_REFERENCE_BYTES}; nothing is kept then
   */
  async save(
    content: Readable,
    file: { readonly filename: string; readonly contentType: string },
    field = VIDEO_FIELDS.reference,
  ): Promise<StoredReference> {
    if (!REFERENCE_TYPES.some((type) => type === file.contentType)) {
      content.resume();
      throw GenerationError.of(
        'invalid_value',
        `${field}: got a file of type "${file.contentType}", expected one of ${REFERENCE_TYPES.join(', ')}.`,
        { field },
      );
    }
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const path = randomUUID();
    const target = createWriteStream(join(this.#folder, path), { flags: 'wx', mode: 0o600, flush: true });
    const hash = createHash('sha256');
    let bytes = 0;
    try {
      await pipeline(
        content,
        async function* (chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) {
            bytes += chunk.length;
            if (bytes > MAX_REFERENCE_BYTES) throw tooLarge(field);
            hash.update(chunk);
            yield chunk;
          }
        },
        target,
      );
      if (bytes === 0)
        throw GenerationError.of('invalid_value', `${field}: got an empty file, expected an image.`, {
          field,
        });
    } catch (error) {
      // An upload may break before its file was opened, which then still happens.
      await closeOf(target);
      await rm(join(this.#folder, path), { force: true });
      throw isDiskFull(error) ? storageFull(error) : error;
    }
    return { type: 'file', path, bytes, sha256: hash.digest('hex'), ...file };
  }

  /** The reference as providers take it. */
  open(reference: StoredReference | null): InputReference | null {
    if (reference === null || reference.type !== 'file') return reference;
    const { filename, contentType, bytes } = reference;
    const path = join(this.#folder, reference.path);
    return {
      type: 'file',
      filename,
      contentType,
      bytes,
      open: () => blobOf(path, contentType),
    };
  }

  /** Removes every file but those of these references: what a crash left behind. Called at start. */
  async keepOnly(references: readonly (StoredReference | null)[]): Promise<void> {
    const kept = new Set(references.map((reference) => (reference?.type === 'file' ? reference.path : null)));
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    for (const path of await readdir(this.#folder)) {
      if (!kept.has(path)) await rm(join(this.#folder, path), { force: true });
    }
  }

  /** Removes the file of a reference that nobody needs any more. Never throws: the next start removes what is left. */
  async discard(reference: StoredReference | null): Promise<void> {
    if (reference?.type !== 'file') return;
    try {
      await rm(join(this.#folder, reference.path), { force: true });
    } catch (error) {
      this.#logger.warn({ file: reference.path, err: error }, 'An input file could not be removed');
    }
  }
}

function closeOf(stream: WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.closed) resolve();
    else stream.once('close', resolve);
  });
}

const tooLarge = (field: string): GenerationError =>
  GenerationError.of(
    'file_too_large',
    `${field}: the file is larger than ${String(MAX_REFERENCE_BYTES)} bytes. Send a smaller one.`,
    { field },
  );

const isDiskFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');

const storageFull = (cause: unknown): GenerationError =>
  GenerationError.of(
    'storage_full',
    'The disk of the server is full: the reference file cannot be kept. Ask again when there is space.',
    { cause },
  );

/** Files are opened before anything is sent, so an error here is no lost submission. */
async function blobOf(path: string, contentType: string): Promise<Blob> {
  try {
    return await openAsBlob(path, { type: contentType });
  } catch (cause) {
    const message = 'The reference file of this generation is gone.';
    throw new ProviderError({ kind: 'invalid_request', param: 'input_reference' }, message, { cause });
  }
}
