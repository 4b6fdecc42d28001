import { PRIORITIES } from 'penstock/balancer';
import { z } from 'zod';

import { cursorSchema, limitSchema, pageSchema } from '../../http/index.js';
import { GENERATION_STATUSES } from '../generation-status.js';
import { referenceUrlSchema } from '../reference-url.js';

const label = z.string().min(1).max(200);
const timestamp = z.iso.datetime().meta({ example: '2026-01-31T12:00:00.000Z' });

/** At most 16 pairs, as the OpenAI API has them. */
const metadataSchema = z
  .record(z.string().min(1).max(64), z.string().max(512))
  .refine((metadata) => Object.keys(metadata).length <= 16, 'expected at most 16 entries')
  .meta({ description: 'Up to 16 pairs of your own, handed back as they are.' });

/** Where the events of this generation go. Whether they may go there is checked by whoever sends them. */
export const webhookUrlSchema = z.string().min(1).max(2_048).meta({
  description: 'Where its events are sent, instead of where those of the API key go.',
  example: 'https://client.example/hook',
});

/** How urgent a generation is, in a request. */
export const prioritySchema = z.enum(PRIORITIES).meta({
  description:
    'How urgent it is where it waits for a token. That of the API key when left out, which also bounds it.',
});

/** Where a reference image is, in a JSON body. */
const inputReferenceSchema = z
  .strictObject({
    imageUrl: referenceUrlSchema.optional(),
    fileId: z.string().min(1).max(200).optional(),
  })
  .refine(
    (reference) => (reference.imageUrl === undefined) !== (reference.fileId === undefined),
    'expected exactly one of imageUrl and fileId',
  );

/** The body of `POST /v1/generations`. */
export const createGenerationSchema = z
  .strictObject({
    kind: label
      .optional()
      .meta({ description: 'What is to be made. The kind of the model when left out.', example: 'video' }),
    provider: label
      .optional()
      .meta({ description: 'The only provider that may serve it. Any that has the model when left out.' }),
    model: label.meta({ example: 'sora-2' }),
    input: z
      .object({
        prompt: z.string().min(1).max(32_000).meta({ example: 'A lighthouse at dusk, waves, wide shot' }),
        inputReference: inputReferenceSchema.optional(),
      })
      .catchall(z.union([z.string().max(1_000), z.number()]).transform(String))
      .meta({ description: 'The prompt, and the parameters of the model (see GET /v1/models) by name.' }),
    metadata: metadataSchema.default({}),
    priority: prioritySchema.optional(),
    webhookUrl: webhookUrlSchema.optional(),
  })
  .meta({ id: 'CreateGeneration' });

/** The query of `GET /v1/generations`. */
export const listGenerationsSchema = z.strictObject({
  kind: label.optional(),
  model: label.optional(),
  status: z.enum(GENERATION_STATUSES).optional(),
  priority: z.enum(PRIORITIES).optional(),
  order: z.enum(['asc', 'desc']).default('desc').meta({ description: 'By creation.' }),
  limit: limitSchema,
  cursor: cursorSchema.optional(),
});

/** The query of `GET /v1/generations/{id}`. */
export const waitSchema = z.strictObject({
  wait: z
    .string()
    .regex(/^\d{1,2}$/, 'expected seconds from 0 to 60')
    .transform(Number)
    .refine((seconds) => seconds <= 60, 'expected seconds from 0 to 60')
    .default(0)
    .meta({ description: 'Seconds, 0 to 60, to wait for the end before answering.', example: 30 }),
});

/** The index of an asset in a path. */
export const assetIndexSchema = z
  .string()
  .regex(/^\d{1,3}$/, 'expected the index of an asset, such as 0')
  .transform(Number);

/** A generation as clients see it. */
export const generationSchema = z
  .object({
    id: z.string().meta({ example: 'video_5f0c8e6e1d2b4a7f9c3d5e7f90a1b2c3' }),
    object: z.literal('generation'),
    kind: z.string().meta({ example: 'video' }),
    provider: z
      .string()
      .nullable()
      .meta({ description: 'Set once a token was chosen.', example: 'openai-videos' }),
    model: z.string().meta({ example: 'sora-2' }),
    status: z.enum(GENERATION_STATUSES),
    progress: z.int().min(0).max(100),
    priority: z.enum(PRIORITIES),
    position: z
      .int()
      .min(1)
      .nullable()
      .meta({ description: 'Place in the queue; null when it does not wait.' }),
    estimatedWaitMs: z.int().min(0).nullable().meta({
      description:
        'How long it may still wait for a token, as fast as others of late got theirs and as many that go first came; null if unknown.',
    }),
    input: z
      .record(z.string(), z.unknown())
      .meta({ example: { prompt: 'A lighthouse at dusk', seconds: '4' } }),
    assets: z.array(
      z.object({
        index: z.int().min(0),
        name: z.string(),
        contentType: z.string(),
        bytes: z.int().nullable().meta({ description: 'null where the upstream does not tell.' }),
        url: z.url(),
      }),
    ),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    tokenId: z.string().nullable().optional().meta({ description: 'Only admin keys see it.' }),
    remixOf: z.string().nullable(),
    attempts: z.int().meta({ description: 'Submissions that were begun.' }),
    polls: z.int(),
    nextPollAt: timestamp.nullable().meta({ description: 'When the upstream is asked next.' }),
    createdAt: timestamp,
    startedAt: timestamp.nullable().meta({ description: 'When the upstream accepted it.' }),
    completedAt: timestamp.nullable(),
    metadata: z.record(z.string(), z.string()),
  })
  .meta({ id: 'Generation' });

/** A page of generations. */
export const generationPageSchema = pageSchema(generationSchema).meta({ id: 'GenerationPage' });

export type CreateGenerationBody = z.output<typeof createGenerationSchema>;
export type ListGenerationsQuery = z.output<typeof listGenerationsSchema>;
export type WaitQuery = z.output<typeof waitSchema>;
export type GenerationView = z.output<typeof generationSchema>;
