import { problemsOfClearance } from 'penstock/upstream';
import { z } from 'zod';

const DAY_MS = 86_400_000;
const values = z.record(z.string().min(1).max(100), z.string().max(8_192)).refine((all) => {
  return Object.keys(all).length <= 50;
}, 'expected at most 50 entries');

/** The body of `PUT /admin/edge/{origin}`. */
export const putClearanceSchema = z
  .strictObject({
    headers: values.optional().meta({
      description: 'Sent along with each call to the origin. Never shown again.',
      example: { 'CF-Access-Client-Id': '….access', 'CF-Access-Client-Secret': '…' },
    }),
    cookies: values.optional().meta({ description: 'Sent along as one cookie header. Never shown again.' }),
    ttlMs: z
      .int()
      .min(1_000)
      .max(30 * DAY_MS)
      .optional()
      .meta({
        description: 'How long it counts, in milliseconds; the setting edge.clearanceTtlMs when left out.',
      }),
  })
  .superRefine(({ headers = {}, cookies = {} }, context) => {
    for (const { field, rule } of problemsOfClearance({ headers, cookies })) {
      const [part = 'headers', ...name] = field.split('.');
      const path = name.length === 0 ? [part] : [part, name.join('.')];
      context.addIssue({ code: 'custom', path, message: rule });
    }
  })
  .meta({ id: 'PutClearance' });

const time = z.iso.datetime();

/** An edge as operators see it. */
export const edgeSchema = z
  .object({
    origin: z.string().meta({ example: 'https://api.example.com' }),
    proxy: z.string().nullable().meta({
      description:
        'The proxy of this way, without credentials; null for the direct one. Edges judge each way for itself.',
      example: null,
    }),
    condition: z.enum(['clear', 'challenged', 'half_open']).meta({
      description:
        'challenged: no call goes out but a probe now and then. half_open: one call goes out, and others wait for it.',
    }),
    since: time,
    reason: z.string().nullable().meta({ example: '403 with cf-mitigated: challenge' }),
    nextProbeAt: time.nullable(),
    probing: z.boolean(),
    challenges: z.int().meta({ description: 'How often it began to challenge.' }),
    refused: z.int().meta({ description: 'Calls that were answered without being sent since then.' }),
    clearance: z
      .object({
        source: z.string().meta({ description: 'operator, or the name of a plugin.', example: 'operator' }),
        names: z.array(z.string()).meta({ example: ['CF-Access-Client-Id'] }),
        expiresAt: time,
      })
      .nullable(),
  })
  .meta({ id: 'Edge' });

/** Which way to an origin is meant. */
export const edgeWaySchema = z.strictObject({
  proxy: z.string().max(2_048).optional().meta({
    description:
      'As edges are shown with; direct for the direct way. Every way that calls have taken when left out.',
    example: 'http://proxy.example.com:3128',
  }),
});

/** Every edge that challenged, or that has a clearance. */
export const edgesSchema = z.object({ data: z.array(edgeSchema) }).meta({ id: 'Edges' });

export type EdgeWayQuery = z.output<typeof edgeWaySchema>;
export type PutClearance = z.output<typeof putClearanceSchema>;
export type EdgeBody = z.output<typeof edgeSchema>;
