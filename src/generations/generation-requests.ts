import { Readable } from 'node:stream';

import { Injectable } from '@nestjs/common';

import type { Priority } from 'penstock/balancer';
import type { ModelDescription } from 'penstock/plugin-api';
import { UrlGuard } from 'penstock/upstream';

import { GenerationError } from './generation.errors.js';
import type { NewGeneration } from './generation.factory.js';
import type { StoredReference } from './generation.entity.js';
import { InputFiles } from './input-files.js';
import { ModelCatalog } from './model-catalog.js';
import { NATIVE_FIELDS, type RequestFields } from './request-fields.js';
import { WatermarkDefault } from './watermark-default.js';

/** A request as a JSON body carries it, its shape checked. */
export interface RawRequest {
  readonly kind?: string | undefined;
  readonly provider?: string | undefined;
  readonly model: string;
  readonly input: { readonly prompt: string; readonly inputReference?: RawReference | undefined } & Readonly<
    Record<string, unknown>
  >;
  readonly metadata: Readonly<Record<string, string>>;
  readonly priority?: Priority | undefined;
  readonly webhookUrl?: string | undefined;
}

/** A reference image as a JSON body names it: by exactly one of the two. */
export interface RawReference {
  readonly imageUrl?: string | undefined;
  readonly fileId?: string | undefined;
}

/** Turns what clients send into complete requests: checked against the model, files put away. */
@Injectable()
export class GenerationRequests {
  constructor(
    private readonly catalog: ModelCatalog,
    private readonly files: InputFiles,
    private readonly watermark: WatermarkDefault,
    private readonly guard: UrlGuard,
  ) {}

  /**
   * @param upload - a reference that came as a file and is put away already
   * @param fields - how the body spells them, for errors
   * @throws GenerationError as {@link ModelCatalog.check} and {@link InputFiles.save} do; no file is left then
   * @throws UpstreamError `url_not_allowed`, `address_not_allowed` for the URL of a reference
   */
  async fromBody(
    body: RawRequest,
    idempotencyKey: string | null,
    upload: StoredReference | null = null,
    fields: RequestFields = NATIVE_FIELDS,
  ): Promise<NewGeneration> {
    const { prompt, inputReference, ...rest } = body.input;
    const parameters = textsOf(rest);
    try {
      if (upload !== null && inputReference !== undefined) throw twoReferences(fields);
      const model = this.#check(body, { parameters, hasUpload: upload !== null, fields });
      const reference =
        inputReference === undefined ? upload : await this.#store(inputReference, fields.referenceUrl);
      return {
        kind: model.kind,
        model: model.id,
        provider: body.provider ?? null,
        prompt,
        parameters,
        added: this.watermark.addedTo(parameters, model),
        reference,
        metadata: body.metadata,
        priority: body.priority,
        webhookUrl: body.webhookUrl,
        eventFormat: fields.eventFormat,
        idempotencyKey,
        remixOf: null,
      };
    } catch (error) {
      await this.files.discard(upload);
      throw error;
    }
  }

  #check(
    { model, kind, provider, input }: RawRequest,
    {
      parameters,
      hasUpload,
      fields,
    }: { parameters: Record<string, string>; hasUpload: boolean; fields: RequestFields },
  ): ModelDescription {
    return this.catalog.check({
      model,
      parameters,
      fields,
      hasReference: hasUpload || input.inputReference !== undefined,
      ...(kind === undefined ? {} : { kind }),
      ...(provider === undefined ? {} : { provider }),
    });
  }

  async #store({ imageUrl, fileId }: RawReference, field: string): Promise<StoredReference> {
    if (imageUrl === undefined) return { type: 'upstream-file', fileId: fileId ?? '' };
    if (!imageUrl.startsWith('data:')) {
      // The upstream fetches it, not we, so DNS says nothing here, and plain HTTP is the upstream's to refuse.
      this.guard.check(imageUrl, field, { allowHttp: true });
      return { type: 'url', url: imageUrl };
    }
    const { contentType, bytes } = parseDataUrl(imageUrl, field);
    const filename = `reference.${contentType.split('/')[1] ?? 'bin'}`;
    return this.files.save(Readable.from([bytes]), { contentType, filename }, field);
  }
}

function twoReferences({ reference }: RequestFields): GenerationError {
  return GenerationError.of(
    'invalid_value',
    `${reference}: got both a file and a URL or file id, expected one of them.`,
    { field: reference },
  );
}

function textsOf(parameters: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
}

const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+);base64,([A-Za-z0-9+/]*={0,2})$/;

function parseDataUrl(url: string, field: string): { readonly contentType: string; readonly bytes: Buffer } {
  const match = DATA_URL.exec(url);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw GenerationError.of(
      'invalid_value',
      `${field}: got a data URL that begins with "${url.slice(0, 40)}", expected data:<media type>;base64,<content>.`,
      { field },
    );
  }
  return { contentType: match[1], bytes: Buffer.from(match[2], 'base64') };
}
