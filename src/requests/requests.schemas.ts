import { z } from 'zod';

import { limitSchema, pageSchema } from '../http/index.js';
import { isRequestRowId } from './request-row-id.js';

const id = (what: string) => z.string().min(1).max(200).optional().meta({ description: what });
const time = (what: string) =>
  z.iso
    .datetime({ offset: true, error: 'expected a time such as 2026-01-31T12:00:00Z' })
    .transform((text) => Date.parse(text))
    .optional()
    .meta({ description: what });

/** The query of `GET /admin/requests`. */
export const listRequestsSchema = z.strictObject({
  limit: limitSchema,
  cursor: z
    .string()
    .refine(isRequestRowId, 'expected the nextCursor of the page before')
    .optional()
    .meta({ description: 'Where to go on: the `nextCursor` of the page before.' }),
  kind: z.enum(['http', 'generation']).optional(),
  operation: id('Exactly as shown, such as `POST /v1/videos`.'),
  key: id('Asked for by this API key.'),
  token: id('Served by this token, or about it.'),
  generation: id('About this generation.'),
  request: id('With this request id.'),
  status: id('Exactly as shown, such as `429` or `completed`.'),
  failed: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
  since: time('Ended at this time or later.'),
  until: time('Ended before this time.'),
});

/** One operation that has ended. */
const requestSchema = z
  .object({
    id: z.string(),
    at: z.iso.datetime().meta({ description: 'When it ended.' }),
    kind: z
      .enum(['http', 'generation'])
      .meta({ description: 'A request, or the whole life of a generation.' }),
    operation: z.string().meta({ example: 'POST /v1/videos' }),
    requestId: z.string().nullable(),
    keyId: z.string().nullable(),
    tokenId: z
      .string()
      .nullable()
      .meta({ description: 'The token that served the generation, or the request is about.' }),
    generationId: z.string().nullable(),
    status: z.string().meta({ description: 'Of HTTP, or that of the generation.', example: '200' }),
    failed: z.boolean(),
    errorCode: z.string().nullable(),
    durationMs: z.int(),
  })
  .meta({ id: 'LoggedRequest' });

/** A page of the log. */
export const requestPageSchema = pageSchema(requestSchema).meta({ id: 'LoggedRequestPage' });

export type ListRequestsQuery = z.output<typeof listRequestsSchema>;
export type LoggedRequestView = z.output<typeof requestSchema>;
