import { PRIORITIES } from 'penstock/balancer';
import { z } from 'zod';

import { cursorSchema, limitSchema, pageSchema } from '../http/index.js';

import { isAtMost, resolveKeyPriority } from './key-priority.js';
import { SCOPES } from './scopes.js';

const scopes = z.array(z.enum(SCOPES)).min(1).max(SCOPES.length).meta({
  description:
    'generate: create and stop generations. read: read them. metrics: /metrics. admin: everything.',
});

const limit = (most: number, what: string) =>
  z
    .int()
    .min(1)
    .max(most)
    .nullable()
    .default(null)
    .meta({ description: `${what} null is no limit.` });

const limits = z
  .strictObject({
    perMinute: limit(100_000, 'Most generations asked for within any 60 seconds.'),
    perDay: limit(1_000_000_000, 'Most generations asked for on one day in UTC; what failed does not count.'),
    concurrent: limit(100_000, 'Most generations that have not ended.'),
  })
  .nullable()
  .meta({ description: 'How much the key may ask for; null is no limit.' });

const level = z.enum(PRIORITIES);
const PRIORITY =
  'How urgent its generations are where they wait for a token. default: of requests that name none. max: the highest ' +
  'that a request may name; an admin key may name any.';

const priority = z
  .strictObject({ default: level.optional(), max: level.optional() })
  .transform(({ default: standard, max }) =>
    resolveKeyPriority({
      ...(standard === undefined ? {} : { default: standard }),
      ...(max === undefined ? {} : { max }),
    }),
  )
  .refine(({ default: standard, max }) => isAtMost(standard, max), {
    path: ['default'],
    error: 'expected at most the priority in max',
  })
  .nullable()
  .meta({ description: `${PRIORITY} Left out or null: both normal.` });

const label = z.string().trim().min(1).max(100).meta({ description: 'For people.', example: 'team-a' });

/** The body of `POST /admin/keys`. */
export const createKeySchema = z
  .strictObject({
    label,
    scopes: scopes.default(['generate', 'read']).transform((all) => [...new Set(all)]),
    limits: limits.default(null),
    priority: priority.default(null),
  })
  .meta({ id: 'CreateApiKey' });

/** The body of `PATCH /admin/keys/{id}`. */
export const changeKeySchema = z
  .strictObject({
    label: label.optional(),
    limits: limits.optional().meta({ description: 'Takes the place of all three.' }),
    priority: priority.optional().meta({ description: `${PRIORITY} Takes the place of both.` }),
  })
  .meta({ id: 'ChangeApiKey' });

/** The query of `GET /admin/keys`. */
export const listKeysSchema = z.strictObject({ limit: limitSchema, cursor: cursorSchema.optional() });

/** A key as it is shown. */
export const keySchema = z
  .object({
    id: z.string().meta({ example: 'key_5f0c8e6e1d2b4a7f9c3d5e7f' }),
    label: z.string().meta({ example: 'team-a' }),
    prefix: z.string().meta({ description: 'The first characters of the key.', example: 'psk_Zm9vYm' }),
    scopes: z.array(z.enum(SCOPES)),
    limits,
    priority: z.object({ default: level, max: level }).meta({ description: PRIORITY }),
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
export type ChangeKeyBody = z.output<typeof changeKeySchema>;
export type ListKeysQuery = z.output<typeof listKeysSchema>;
export type KeyView = z.output<typeof keySchema>;
export type CreatedKeyView = z.output<typeof createdKeySchema>;
