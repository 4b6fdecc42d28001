import { z } from 'zod';

import { cursorSchema, limitSchema, pageSchema } from '../../http/index.js';
import { TOKEN_STATES } from '../token-state.js';

/** The query of `GET /admin/tokens/{id}/history`. */
export const historyQuerySchema = z.strictObject({ limit: limitSchema, cursor: cursorSchema.optional() });

/** A change of a token's state. */
const transitionSchema = z
  .object({
    at: z.iso.datetime(),
    from: z.enum(TOKEN_STATES).nullable().meta({ description: 'null when the token was added.' }),
    to: z.enum(TOKEN_STATES),
    reason: z.string().nullable(),
    until: z.iso.datetime().nullable().meta({ description: 'When a cooldown ends.' }),
    by: z.enum(['operator', 'machine']),
  })
  .meta({ id: 'TokenTransition' });

/** A page of transitions. */
export const transitionPageSchema = pageSchema(transitionSchema).meta({ id: 'TokenTransitionPage' });

export type HistoryQuery = z.output<typeof historyQuerySchema>;
export type TransitionView = z.output<typeof transitionSchema>;
