import { z } from 'zod';

import { prioritySchema, webhookUrlSchema } from '../generations/api/generation.schemas.js';
import { referenceUrlSchema } from '../generations/reference-url.js';
import { limitOf } from './list-limit.js';
import { modelParameterSchema } from './model-parameters.js';

const text = (longest: number) => z.string().min(1).max(longest);
const prompt = text(32_000).meta({ example: 'A lighthouse at dusk, waves, wide shot' });

const inputReference = z
  .strictObject({
    image_url: referenceUrlSchema.optional(),
    file_id: text(200).optional(),
  })
  .refine(
    (reference) => (reference.image_url === undefined) !== (reference.file_id === undefined),
    'expected exactly one of image_url and file_id',
  );

const createVideoFields = z.object({
  model: text(200).default('sora-2'),
  prompt,
  input_reference: inputReference.optional(),
  seconds: z
    .union([text(20), z.number()])
    .transform(String)
    .optional()
    .meta({ example: '4' }),
  size: text(20).optional().meta({ example: '1280x720' }),
  priority: prioritySchema.optional(),
  webhook_url: webhookUrlSchema.optional(),
});

/** The body of `POST /v1/videos`, without a file. */
export const createVideoSchema = createVideoFields
  .catchall(modelParameterSchema)
  .meta({ description: 'Other fields are parameters of the model, such as `watermark`.' });

/** The body of `POST /v1/videos/{id}/remix`. */
export const remixVideoSchema = z
  .strictObject({ prompt, priority: prioritySchema.optional(), webhook_url: webhookUrlSchema.optional() })
  .meta({ id: 'RemixVideo' });

/** The query of `GET /v1/videos`. */
export const listVideosSchema = z.strictObject({
  limit: limitOf(0, 100),
  order: z.enum(['asc', 'desc']).default('desc'),
  after: text(100).optional().meta({ description: 'The last id of the page before.' }),
});

/** The query of `GET /v1/videos/{id}/content`. */
export const contentSchema = z.strictObject({
  variant: z.enum(['video', 'thumbnail', 'spritesheet']).default('video'),
});

/** A video job, exactly as the OpenAI API has it. */
export const videoSchema = z
  .object({
    id: z.string().meta({ example: 'video_5f0c8e6e1d2b4a7f9c3d5e7f90a1b2c3' }),
    object: z.literal('video'),
    model: z.string(),
    status: z.enum(['queued', 'in_progress', 'completed', 'failed']),
    progress: z.int().min(0).max(100),
    created_at: z.int(),
    completed_at: z.int().nullable(),
    expires_at: z.int().nullable(),
    prompt: z.string().nullable(),
    size: z.string(),
    seconds: z.string(),
    remixed_from_video_id: z.string().nullable(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
  })
  .meta({ id: 'Video' });

/** A page of videos. */
export const videoListSchema = z
  .object({
    object: z.literal('list'),
    data: z.array(videoSchema),
    first_id: z.string().nullable(),
    last_id: z.string().nullable(),
    has_more: z.boolean(),
  })
  .meta({ id: 'VideoList' });

/** The answer to a deletion. */
export const deletedVideoSchema = z
  .object({ object: z.literal('video.deleted'), deleted: z.literal(true), id: z.string() })
  .meta({ id: 'DeletedVideo' });

/** What there is besides is a text, a number, a boolean or `null`. */
export type CreateVideoBody = z.output<typeof createVideoFields> & Readonly<Record<string, unknown>>;
export type RemixVideoBody = z.output<typeof remixVideoSchema>;
export type ListVideosQuery = z.output<typeof listVideosSchema>;
export type ContentQuery = z.output<typeof contentSchema>;
export type VideoView = z.output<typeof videoSchema>;
export type VideoListView = z.output<typeof videoListSchema>;
export type DeletedVideoView = z.output<typeof deletedVideoSchema>;
