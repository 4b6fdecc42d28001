import { z } from 'zod';

/** Which tokens are meant; every condition must hold. */
export const tokenSelectionSchema = z
  .strictObject({
    state: z
      .enum(['all', 'active', 'disabled'])
      .optional()
      .meta({ description: 'Active are those not disabled.' }),
    provider: z.string().min(1).max(100).optional(),
    label: z.string().trim().min(1).max(100).optional().meta({ description: 'The whole label.' }),
    ids: z.array(z.string().min(1).max(100)).min(1).max(10_000).optional(),
  })
  .meta({ id: 'TokenSelection' });

/** The same, where nothing must happen to every token by oversight. */
export const explicitSelectionSchema = tokenSelectionSchema.refine(
  (selection) => Object.values(selection).some((value) => value !== undefined),
  'expected at least one of state, provider, label and ids; { "state": "all" } means every token',
);

/** Which tokens are meant. */
export type TokenSelection = z.output<typeof tokenSelectionSchema>;
