import { z } from 'zod';

/** A model as the OpenAI API has it, and what a client of Penstock wants to know of it besides. */
export const modelSchema = z
  .object({
    id: z.string().meta({ example: 'sora-2' }),
    object: z.literal('model'),
    created: z.int(),
    owned_by: z.string(),
    kind: z.string().meta({ example: 'video' }),
    accepts_input_reference: z.boolean(),
    parameters: z.record(
      z.string(),
      z.object({
        description: z.string(),
        values: z.array(z.string()).nullable().meta({ description: 'null where any text is taken.' }),
        default: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'Model' });

/** Every model. */
export const modelListSchema = z
  .object({ object: z.literal('list'), data: z.array(modelSchema) })
  .meta({ id: 'ModelList' });

export type ModelView = z.output<typeof modelSchema>;
export type ModelListView = z.output<typeof modelListSchema>;
