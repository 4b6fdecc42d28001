import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

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
    const fields: Record<string, unknown> = {};
    let upload: StoredReference | null = null;
    try {
      for await (const part of request.parts({ limits: LIMITS })) {
        if (part.type === 'field') {
          put(fields, part.fieldname, part.value);
          continue;
        }
        if (part.fieldname !== FILE_FIELD || upload !== null) throw unexpectedFile(part.fieldname);
        upload = await this.files.save(part.file, { filename: part.filename, contentType: part.mimetype });
      }
      return { body: await this.#validate(fields), upload };
    } catch (error) {
      await this.files.discard(upload);
      throw error;
    }
  }

  #validate(body: unknown): Promise<CreateVideoBody> {
    return this.#pipe.transform(body as CreateVideoBody, { type: 'body', schema: createVideoSchema });
  }
}

/** One byte over the limit is let through, so that the limit is reported by the one who knows it. */
const LIMITS = {
  fields: 20,
  files: 1,
  parts: 21,
  fieldSize: 200_000,
  fieldNameSize: 100,
  fileSize: MAX_REFERENCE_BYTES + 1,
};

/** `input_reference[image_url]` is how forms spell nested fields. */
function put(fields: Record<string, unknown>, name: string, value: unknown): void {
  const nested = /^input_reference\[(\w+)\]$/.exec(name)?.[1];
  if (nested === undefined) fields[name] = value;
  else fields[FILE_FIELD] = { ...(fields[FILE_FIELD] as object | undefined), [nested]: value };
}

function unexpectedFile(field: string): InvalidRequestError {
  return InvalidRequestError.of([
    {
      code: 'unknown_parameter',
      path: field,
      message: `${field}: got a file here, expected at most one file, in the field "${FILE_FIELD}".`,
    },
  ]);
}
