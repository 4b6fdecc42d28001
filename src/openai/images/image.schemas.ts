import { z } from 'zod';

import { prioritySchema, webhookUrlSchema } from '../../generations/api/generation.schemas.js';
import { GENERATION_STATUSES } from '../../generations/generation-status.js';
import { modelParameterSchema } from '../model-parameters.js';

const text = (longest: number) => z.string().min(1).max(longest);

/** The body of `POST /v1/images/generations`. */
export const createImageSchema = z
  .object({
    model: text(200).meta({ example: 'black-forest-labs/flux-schnell' }),
    prompt: text(32_000).meta({ example: 'A lighthouse at dusk' }),
    n: z
      .int()
      .min(1)
      .max(10)
      .nullish()
      .meta({ description: 'How many; each is a generation. 1 when left out.' }),
    response_format: z.enum(['url', 'b64_json']).nullish().meta({ description: 'url when left out.' }),
    user: z.string().max(512).nullish().meta({ description: 'Taken, and not used.' }),
    stream: z.literal(false, 'images are not streamed; leave it out').nullish(),
    priority: prioritySchema.nullish(),
    webhook_url: webhookUrlSchema.optional(),
  })
  .catchall(modelParameterSchema)
  .meta({ id: 'CreateImage', description: 'Other fields are parameters of the model, such as `size`.' });

/** The answer, as the OpenAI API has it, and where to go on. */
export const imagesSchema = z
  .object({
    created: z.int(),
    data: z.array(
      z.object({
        url: z.string().optional(),
        b64_json: z.string().optional(),
        generation: z.string().meta({ description: 'The id of the generation.' }),
      }),
    ),
    generations: z
      .array(
        z.object({
          id: z.string(),
          status: z.enum(GENERATION_STATUSES),
          url: z.string().meta({ description: 'Where to follow it.' }),
          error: z.object({ code: z.string(), message: z.string() }).nullable(),
        }),
      )
      .meta({ description: 'All that this request asked for.' }),
  })
  .meta({ id: 'Images' });

export type CreateImageBody = z.output<typeof createImageSchema>;
export type ImagesView = z.output<typeof imagesSchema>;
