import { z } from 'zod';

import { cursorSchema, limitSchema, pageSchema } from '../http/index.js';

import { SCOPES } from './scopes.js';

const scopes = z.array(z.enum(SCOPES)).min(1).max(SCOPES.length).meta({
  description:
    'generate: create and stop generations. read: read them. metrics: /metrics. admin: everything.',
});

/** The body of `POST /admin/keys`. */
export const createKeySchema = z
  .strictObject({
    label: z.string().trim().min(1).max(100).meta({ description: 'For people.', example: 'team-a' }),
    scopes: scopes.default(['generate', 'read']).transform((all) => [...new Set(all)]),
  })
  .meta({ id: 'CreateApiKey' });

/** The query of `GET /admin/keys`. */
export const listKeysSchema = z.strictObject({ limit: limitSchema, cursor: cursorSchema.optional() });

/** A key as it is shown. */
const keySchema = z
  .object({
    id: z.string().meta({ example: 'key_5f0c8e6e1d2b4a7f9c3d5e7f' }),
    label: z.string().meta({ example: 'team-a' }),
    prefix: z.string().meta({ description: 'The first characters of the key.', example: 'psk_Zm9vYm' }),
    scopes: z.array(z.enum(SCOPES)),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'To a few minutes; null before the first use.' }),
  })
  .meta({ id: 'ApiKey' });

/** A key when it was just made. */
export const createdKeySchema = keySchema
  .extend({ key: z.string().meta({ description: 'The key. It is shown only now.' }) })
  .meta({ id: 'CreatedApiKey' });

/** A page of keys. */
export const keyPageSchema = pageSchema(keySchema).meta({ id: 'ApiKeyPage' });

export type CreateKeyBody = z.output<typeof createKeySchema>;
export type ListKeysQuery = z.output<typeof listKeysSchema>;
export type KeyView = z.output<typeof keySchema>;
export type CreatedKeyView = z.output<typeof createdKeySchema>;
