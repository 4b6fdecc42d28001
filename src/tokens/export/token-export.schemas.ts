import { z } from 'zod';

import { cursorSchema, limitSchema, pageSchema } from '../../http/index.js';
import { tokenSelectionSchema } from '../selection/token-selection.js';

/** The query of `GET /admin/tokens/export`. */
export const exportQuerySchema = tokenSelectionSchema.omit({ ids: true }).extend({
  secrets: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .meta({ description: 'Also the secrets. Who took them is kept: GET /admin/tokens/exports.' }),
});

/** The query of `GET /admin/tokens/exports`. */
export const listExportsSchema = z.strictObject({ limit: limitSchema, cursor: cursorSchema.optional() });

/** An export that somebody took. */
const exportSchema = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    keyId: z.string().meta({ description: 'The key that asked.' }),
    keyLabel: z.string().meta({ description: 'The label that it had.' }),
    secrets: z.boolean().meta({ description: 'Whether it was given the secrets.' }),
    selection: z.record(z.string(), z.unknown()).meta({ description: 'Which tokens it asked for.' }),
  })
  .meta({ id: 'TokenExport' });

/** A page of exports. */
export const exportPageSchema = pageSchema(exportSchema).meta({ id: 'TokenExportPage' });

export type ExportQuery = z.output<typeof exportQuerySchema>;
export type ListExportsQuery = z.output<typeof listExportsSchema>;
export type ExportView = z.output<typeof exportSchema>;
