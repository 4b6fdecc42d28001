import { z } from 'zod';

import { cursorSchema, limitSchema, pageSchema } from '../http/index.js';
import { DELIVERY_STATUSES } from './delivery/webhook-delivery.entity.js';

const timestamp = z.iso.datetime();
const id = z.string().min(1).max(100);

/** The query of `GET /admin/webhooks`. */
export const listDeliveriesSchema = z.strictObject({
  status: z.enum(DELIVERY_STATUSES).optional(),
  key: id.optional().meta({ description: 'The id of an API key.' }),
  generation: id.optional(),
  limit: limitSchema,
  cursor: cursorSchema.optional(),
});

/** A delivery as it is shown. */
export const deliverySchema = z
  .object({
    id: z.string().meta({ example: 'evt_5f0c8e6e1d2b4a7f9c3d5e7f90a1b2c3' }),
    type: z.string().meta({ example: 'generation.completed' }),
    generationId: z.string(),
    keyId: z.string(),
    url: z.string().nullable().meta({ description: 'null for the URL of the key.' }),
    status: z.enum(DELIVERY_STATUSES),
    attempts: z.int(),
    lastError: z.string().nullable(),
    nextAttemptAt: timestamp.nullable(),
    createdAt: timestamp,
    endedAt: timestamp.nullable(),
  })
  .meta({ id: 'WebhookDelivery' });

/** A page of deliveries. */
export const deliveryPageSchema = pageSchema(deliverySchema).meta({ id: 'WebhookDeliveryPage' });

/** A delivery with what was sent and what came of it. */
export const deliveryDetailSchema = deliverySchema
  .extend({
    body: z.string().meta({ description: 'What is sent, to the byte.' }),
    history: z.array(
      z.object({
        number: z.int(),
        at: timestamp,
        durationMs: z.int(),
        url: z.string(),
        httpStatus: z.int().nullable(),
        error: z.string().nullable(),
        answer: z.string().nullable().meta({ description: 'The beginning of the answer.' }),
      }),
    ),
  })
  .meta({ id: 'WebhookDeliveryDetail' });

/** The body of `PUT /admin/keys/{id}/webhook`. */
export const setEndpointSchema = z
  .strictObject({
    url: z.string().max(4_096).nullable().meta({
      description: 'null to sign what requests ask for by their own URL, and nothing else.',
      example: 'https://client.example/penstock',
    }),
  })
  .meta({ id: 'SetWebhook' });

/** The body of `POST /admin/keys/{id}/webhook/rotate`. */
export const rotateSchema = z
  .strictObject({
    overlapSeconds: z
      .int()
      .min(0)
      .max(30 * 24 * 3_600)
      .default(24 * 3_600)
      .meta({ description: 'How long is signed with the old secret too.' }),
  })
  .meta({ id: 'RotateWebhookSecret' });

/** The webhook of a key. */
export const endpointSchema = z
  .object({
    keyId: z.string(),
    url: z.string().nullable(),
    createdAt: timestamp,
    previousSecretUntil: timestamp.nullable(),
    disabledAt: timestamp.nullable().meta({ description: 'Since when its receiver says that it is gone.' }),
  })
  .meta({ id: 'Webhook' });

/** The webhook of a key when its secret may be new. */
export const changedEndpointSchema = endpointSchema
  .extend({
    secret: z.string().nullable().meta({ description: 'Shown only when it is new.', example: 'whsec_MfKQ' }),
  })
  .meta({ id: 'ChangedWebhook' });

export type ListDeliveriesQuery = z.output<typeof listDeliveriesSchema>;
export type DeliveryView = z.output<typeof deliverySchema>;
export type DeliveryDetailView = z.output<typeof deliveryDetailSchema>;
export type SetEndpointBody = z.output<typeof setEndpointSchema>;
export type RotateBody = z.output<typeof rotateSchema>;
export type EndpointView = z.output<typeof endpointSchema>;
export type ChangedEndpointView = z.output<typeof changedEndpointSchema>;
