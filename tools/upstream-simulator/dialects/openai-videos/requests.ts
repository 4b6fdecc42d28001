import { z } from 'zod';

import type { Job, JobRequest, Reference } from '../../core/job.js';
import { Refusal } from '../../core/refusal.js';
import type { Form } from './form.js';

const promptSchema = z.string().min(1).max(32_000);

const referenceSchema = z
  .strictObject({ image_url: z.string().min(1).optional(), file_id: z.string().min(1).optional() })
  .refine(
    ({ image_url: url, file_id: file }) => (url === undefined) !== (file === undefined),
    'give exactly one of image_url and file_id',
  );

const createSchema = z.object({
  model: z.string().optional(),
  prompt: promptSchema,
  seconds: z.enum(['4', '8', '12']).default('4'),
  size: z.enum(['720x1280', '1280x720', '1024x1792', '1792x1024']).default('720x1280'),
  input_reference: referenceSchema.optional(),
});

const remixSchema = z.object({ prompt: promptSchema });

const pageSchema = z.object({
  limit: z.coerce.number().int().min(0).max(100).default(20),
  order: z.enum(['asc', 'desc']).default('desc'),
  after: z.string().optional(),
});

const contentSchema = z.object({ variant: z.enum(['video', 'thumbnail', 'spritesheet']).default('video') });

/**
 * A new video, as asked for.
 *
 * @throws Refusal `invalid-request` that names the parameter
 */
export function createRequest(form: Form, models: readonly string[]): JobRequest {
  const { model = models[0] ?? '', input_reference: named, ...asked } = fieldsOf(form, createSchema);
  if (!models.includes(model)) {
    throw new Refusal('invalid-request', `The model '${model}' does not exist.`, {
      param: 'model',
      code: 'model_not_found',
    });
  }
  const reference = form.file ?? (named === undefined ? null : referenceOf(named));
  return { ...asked, model, reference, remixedFrom: null };
}

/** A new version of `source`: all but the prompt stays. */
export function remixRequest(form: Form, source: Job): JobRequest {
  const { prompt } = fieldsOf(form, remixSchema);
  return { ...source.request, prompt, reference: null, remixedFrom: source.id };
}

/** Which page of the list is asked for. */
export const pageRequest = (query: unknown): z.output<typeof pageSchema> => checked(pageSchema, query);

/** Which file of a video is asked for. */
export const contentRequest = (query: unknown): z.output<typeof contentSchema> =>
  checked(contentSchema, query);

function fieldsOf<Schema extends z.ZodType>({ fields, problem }: Form, schema: Schema): z.output<Schema> {
  if (problem !== null) throw problem;
  return checked(schema, fields);
}

function checked<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const param = issue?.path.map(String).join('.') ?? '';
  const message = `Invalid value for '${param}': ${issue?.message ?? 'not accepted'}.`;
  throw new Refusal('invalid-request', message, { param, code: 'invalid_value' });
}

function referenceOf(named: z.output<typeof referenceSchema>): Reference {
  const source = named.image_url === undefined ? 'file_id' : 'image_url';
  const value = named.image_url ?? named.file_id ?? '';
  return { source, bytes: Buffer.byteLength(value), contentType: null };
}
