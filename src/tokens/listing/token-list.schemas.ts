import { z } from 'zod';

import { limitSchema } from '../../http/index.js';
import { TOKEN_STATES } from '../token-state.js';
import { decodePlace, tokenSortSchema, type TokenPlace } from './token-sort.js';

const cursor = z
  .string()
  .max(600)
  .meta({ description: 'Where to go on: the `nextCursor` of the page before, with the same `sort`.' })
  .transform((text, context): TokenPlace => {
    const place = decodePlace(text);
    if (place !== undefined) return place;
    context.addIssue({ code: 'custom', message: 'expected the nextCursor of the page before' });
    return z.NEVER;
  });

/** The query of `GET /admin/tokens`. */
export const listTokensSchema = z
  .strictObject({
    provider: z.string().max(100).optional(),
    state: z.enum(TOKEN_STATES).optional(),
    label: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .meta({ description: 'A part of it; a to z in either case.' }),
    quotaGroup: z.string().min(1).max(100).optional(),
    disabledBy: z.enum(['operator', 'machine']).optional(),
    sort: tokenSortSchema,
    limit: limitSchema,
    cursor: cursor.optional(),
  })
  .refine((query) => query.cursor === undefined || query.cursor.sort === query.sort, {
    path: ['cursor'],
    error: 'expected the nextCursor of a page with the same sort',
  });

/** What is asked of the list. */
export type ListTokensQuery = z.output<typeof listTokensSchema>;
