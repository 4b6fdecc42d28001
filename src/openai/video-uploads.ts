import type { Multipart, MultipartFile } from '@fastify/multipart';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CodedError } from 'penstock/kernel';

import { InvalidRequestError, SchemaValidationPipe } from '../http/index.js';
import type { StoredReference } from '../generations/generation.entity.js';
import { InputFiles, MAX_REFERENCE_BYTES } from '../generations/input-files.js';
import { createVideoSchema, type CreateVideoBody } from './video.schemas.js';

/** A request to create a video, whichever way it came. */
export interface VideoRequest {
  readonly body: CreateVideoBody;
  /** The uploaded reference, put away. */
  readonly upload: StoredReference | null;
}

const FILE_FIELD = 'input_reference';

/** Reads `POST /v1/videos`, JSON or multipart, as the OpenAI SDKs send it. */
@Injectable()
export class VideoUploads {
  readonly #pipe = new SchemaValidationPipe();

  constructor(private readonly files: InputFiles) {}

  /** @throws InvalidRequestError for what does not fit; no file is left then */
  async read(request: FastifyRequest): Promise<VideoRequest> {
    if (!request.isMultipart()) return { body: await this.#validate(request.body), upload: null };
    const fields = new Map<string, unknown>();
    let upload: StoredReference | null = null;
    try {
      for await (const part of partsOf(request)) {
        if (part.type === 'field') {
          put(fields, part.fieldname, part.value);
          continue;
        }
        if (part.fieldname !== FILE_FIELD || upload !== null) throw unexpectedFile(part.fieldname);
        upload = await this.#save(part);
      }
      return { body: await this.#validate(bodyOf(fields)), upload };
    } catch (error) {
      await this.files.discard(upload);
      throw error;
    }
  }

  async #save({ file, filename, mimetype: contentType }: MultipartFile): Promise<StoredReference> {
    return this.files.save(file, { filename, contentType }).catch((error: unknown) => {
      throw isOurs(error) ? error : brokenForm(error);
    });
  }

  #validate(body: unknown): Promise<CreateVideoBody> {
    return this.#pipe.transform(body as CreateVideoBody, { type: 'body', schema: createVideoSchema });
  }
}

/** One more file, and one more byte of it, are let through, so that the limits are reported by those who know them. */
const LIMITS = {
  fields: 20,
  files: 2,
  parts: 22,
  fieldSize: 200_000,
  fieldNameSize: 100,
  fileSize: MAX_REFERENCE_BYTES + 1,
};

/** The parts of a form. What keeps it from being read, other than a limit, is the fault of whoever wrote it. */
async function* partsOf(request: FastifyRequest): AsyncGenerator<Multipart> {
  try {
    yield* request.parts({ limits: LIMITS });
  } catch (error) {
    const isLimit = error instanceof Error && 'statusCode' in error && error.statusCode === 413;
    throw isLimit ? error : brokenForm(error);
  }
}

/** What we refuse, and what the disk refuses us; the rest comes from the stream that the client sends. */
const isOurs = (error: unknown): boolean =>
  error instanceof CodedError || (error instanceof Error && 'syscall' in error);

function put(fields: Map<string, unknown>, name: string, value: unknown): void {
  if (fields.has(name)) throw refusal('invalid_value', name, 'got it twice, expected it once.');
  fields.set(name, value);
}

/** `input_reference[image_url]` is how forms spell nested fields; `[__proto__]` is none, and so is named as unknown. */
function bodyOf(fields: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  const reference: Record<string, unknown> = {};
  for (const [name, value] of fields) {
    const nested = /^input_reference\[([a-z]\w*)\]$/.exec(name)?.[1];
    if (nested === undefined) body[name] = value;
    else reference[nested] = value;
  }
  return Object.keys(reference).length === 0 ? body : { ...body, [FILE_FIELD]: reference };
}

function unexpectedFile(field: string): InvalidRequestError {
  const expected = `got a file here, expected at most one file, in the field "${FILE_FIELD}".`;
  return refusal('unknown_parameter', field, expected);
}

function brokenForm(error: unknown): InvalidRequestError {
  const reason = error instanceof Error ? error.message : String(error);
  return refusal('invalid_value', '', `The form cannot be read: ${reason}.`);
}

function refusal(
  code: 'invalid_value' | 'unknown_parameter',
  path: string,
  message: string,
): InvalidRequestError {
  return InvalidRequestError.of([{ code, path, message: path === '' ? message : `${path}: ${message}` }]);
}
