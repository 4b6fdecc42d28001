import { z } from 'zod';

import { cursorSchema, limitSchema, pageSchema } from '../http/index.js';

const VERDICTS = [
  'ready',
  'busy',
  'group_busy',
  'provider_busy',
  'rate_limited',
  'cooling',
  'exhausted',
  'edge_challenged',
  'expired',
  'disabled',
  'lacks_capability',
] as const;

/** The query of `GET /admin/balancer/explain`. */
export const explainSchema = z.strictObject({
  model: z.string().min(1).max(200).meta({ description: 'The id of a model.', example: 'sora-2' }),
  kind: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .meta({ description: 'Tells models of one id apart.', example: 'video' }),
  provider: z.string().min(1).max(100).optional().meta({ description: 'Only tokens of this provider.' }),
  limit: limitSchema,
  cursor: cursorSchema.optional(),
});

/** Why a token would, or would not, serve a generation now. */
export const explainedTokenSchema = z
  .object({
    tokenId: z.string().meta({ example: 'tok_5f0c8e6e1d2b4a7f9c3d5e7f' }),
    label: z.string().meta({ example: 'team-a' }),
    provider: z.string().meta({ example: 'openai-videos' }),
    verdict: z.enum(VERDICTS),
    detail: z.string().meta({ description: 'The same for people.', example: 'busy 2/2' }),
    until: z.iso.datetime().nullable().meta({
      description:
        'When it ends by itself, where that is known: of cooling, exhausted, rate_limited; of edge_challenged when it is tried next.',
    }),
  })
  .meta({ id: 'ExplainedToken' });

/** A page of explained tokens. */
export const explainedPageSchema = pageSchema(explainedTokenSchema).meta({ id: 'ExplainedTokenPage' });

export type ExplainQuery = z.output<typeof explainSchema>;
export type ExplainedToken = z.output<typeof explainedTokenSchema>;
