import { PRIORITIES } from 'penstock/balancer';
import { z } from 'zod';

import { GENERATION_STATUSES } from '../generation-status.js';

const count = z.int().min(0);

/** What a client can know of the gateway, and of its own generations. */
export const statsSchema = z
  .object({
    generations: z
      .record(z.enum(GENERATION_STATUSES), count)
      .meta({ description: 'Those of this API key, by state.' }),
    queue: z.object({
      waiting: count.meta({ description: 'Generations that wait for a token, of all clients.' }),
      estimatedWaitMs: count.nullable().meta({
        description:
          'How long one more of the default priority of this API key may wait; null where nobody can tell yet.',
      }),
      priorities: z
        .record(z.enum(PRIORITIES), z.object({ waiting: count, estimatedWaitMs: count.nullable() }))
        .meta({ description: 'The same for each priority.' }),
    }),
    models: z.array(
      z.object({
        id: z.string().meta({ example: 'sora-2' }),
        kind: z.string().meta({ example: 'video' }),
        available: z.boolean().meta({ description: 'Whether a generation would be taken.' }),
      }),
    ),
  })
  .meta({ id: 'Stats' });

/** The answer of `GET /v1/stats`. */
export type StatsView = z.output<typeof statsSchema>;
