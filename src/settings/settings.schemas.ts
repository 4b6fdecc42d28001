import { z } from 'zod';

import { limitSchema, pageSchema } from '../http/index.js';

const fields = z.record(z.string(), z.unknown());

/** The body of `PUT /admin/settings/{section}`. */
export const putSettingsSchema = fields.meta({
  id: 'PutSettings',
  description: 'All that is set from now on. Of every field that is left out, the default holds.',
  example: { maxActive: 128 },
});

/** The body of `PATCH /admin/settings/{section}`. */
export const patchSettingsSchema = fields.meta({
  id: 'PatchSettings',
  description: 'What changes (JSON merge patch, RFC 7396); null gives a field back to its default.',
  example: { maxActive: 128, minDelayMs: null },
});

/** The query of `GET /admin/settings/{section}/history`. */
export const listChangesSchema = z.strictObject({
  limit: limitSchema,
  cursor: z
    .string()
    .regex(/^\d{1,10}$/, 'expected the nextCursor of the page before')
    .transform(Number)
    .optional()
    .meta({ description: 'Where to go on: the `nextCursor` of the page before.' }),
});

/** A section as operators see it. */
export const settingsSectionSchema = z
  .object({
    name: z.string().meta({ example: 'polling' }),
    description: z.string(),
    version: z.int().min(0).meta({ description: 'Rises with each change; the ETag.', example: 3 }),
    values: fields.meta({ description: 'What holds.', example: { maxActive: 128, minDelayMs: 100 } }),
    overrides: fields.meta({ description: 'Of it, what somebody set.', example: { maxActive: 128 } }),
    defaults: fields.meta({ description: 'What holds where nobody set anything.' }),
    schema: fields.meta({ description: 'JSON Schema (2020-12) of what may be set.' }),
    ignored: z.array(z.string()).meta({
      description: 'What is stored and does not fit any more; the next change drops it.',
      example: [],
    }),
    updatedAt: z.iso.datetime().nullable(),
    updatedBy: z.string().nullable().meta({ description: 'The id of an API key.' }),
  })
  .meta({ id: 'SettingsSection' });

/** Every section. */
export const settingsListSchema = z
  .object({ data: z.array(settingsSectionSchema) })
  .meta({ id: 'SettingsList' });

/** One change of a section. */
const settingsChangeSchema = z
  .object({
    version: z.int().min(1).meta({ description: 'The version that it led to.', example: 3 }),
    before: z.unknown().meta({ description: 'What was set before.', example: {} }),
    after: z.unknown().meta({ description: 'What was set from then on.', example: { maxActive: 128 } }),
    changedBy: z.string().meta({ description: 'The id of an API key.' }),
    changedAt: z.iso.datetime(),
  })
  .meta({ id: 'SettingsChange' });

/** A page of changes. */
export const settingsChangePageSchema = pageSchema(settingsChangeSchema).meta({ id: 'SettingsChangePage' });

export type SettingsFields = z.output<typeof fields>;
export type ListChangesQuery = z.output<typeof listChangesSchema>;
export type SettingsSectionView = z.output<typeof settingsSectionSchema>;
export type SettingsChangeView = z.output<typeof settingsChangeSchema>;
