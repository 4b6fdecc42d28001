import { z } from 'zod';

import { pageSchema } from '../http/index.js';
import type { Dimension } from './ledger/usage-query.js';

const day = (what: string) =>
  z.iso
    .date({ error: 'expected a day such as 2026-01-31' })
    .optional()
    .meta({ description: `${what}, in UTC.`, example: '2026-01-31' });
const value = (what: string) => z.string().min(1).max(200).optional().meta({ description: what });

const groupBy = (dimensions: readonly [Dimension, ...Dimension[]]) =>
  z
    .string()
    .transform((text) => text.split(',').filter((name) => name !== ''))
    .pipe(
      z
        .array(z.enum(dimensions, `expected some of ${dimensions.join(', ')}, separated by commas`))
        .refine((names) => new Set(names).size === names.length, 'expected each name once'),
    )
    .default(['day', 'model'])
    .meta({ description: `Some of ${dimensions.join(', ')}; one sum of all when empty.` });

const page = {
  limit: z
    .string()
    .regex(/^\d{1,4}$/, 'expected an integer from 1 to 1000')
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= 1_000, 'expected an integer from 1 to 1000')
    .default(100),
  cursor: z
    .string()
    .regex(/^\d{1,9}$/, 'expected the nextCursor of the page before')
    .transform(Number)
    .default(0)
    .meta({ description: 'Where to go on: the `nextCursor` of the page before.' }),
};

const days = {
  from: day('The first day; 30 days before the last one when left out'),
  to: day('The last day, included; today when left out'),
};
const served = { model: value('Of this model.'), kind: value('Of this kind.') };
const anybody = { ...served, key: value('Of this API key.'), token: value('Served by this token.') };

/** The query of `GET /v1/usage`. */
export const ownUsageSchema = z.strictObject({
  ...days,
  ...served,
  groupBy: groupBy(['day', 'model', 'kind']),
  ...page,
});

/** The query of `GET /admin/usage`. */
export const usageSchema = z.strictObject({
  ...days,
  ...anybody,
  groupBy: groupBy(['day', 'key', 'token', 'model', 'kind']),
  ...page,
});

/** The query of `GET /admin/usage.csv`. */
export const usageCsvSchema = z.strictObject({ ...days, ...anybody });

const count = z.int().min(0);

/** A sum of usage. */
const sumSchema = z
  .object({
    day: z.string().optional().meta({ description: 'When it was asked for, in UTC.', example: '2026-01-31' }),
    key: z.string().optional().meta({ description: 'The id of an API key.' }),
    token: z.string().nullable().optional().meta({ description: 'null where no token served.' }),
    model: z.string().optional().meta({ example: 'sora-2' }),
    kind: z.string().optional().meta({ example: 'video' }),
    completed: count.meta({ description: 'What was used.' }),
    seconds: z.number().min(0).meta({ description: 'The length of the media that was made.' }),
    workSeconds: z.number().min(0).meta({ description: 'How long upstreams worked on what was completed.' }),
    failed: count.meta({ description: 'What failed, and so was not used.' }),
    cancelled: count,
  })
  .meta({ id: 'Usage' });

/** A page of sums. */
export const usagePageSchema = pageSchema(sumSchema)
  .extend({ from: z.iso.date(), to: z.iso.date() })
  .meta({ id: 'UsagePage' });

export type OwnUsageQuery = z.output<typeof ownUsageSchema>;
export type AdminUsageQuery = z.output<typeof usageSchema>;
export type UsageCsvQuery = z.output<typeof usageCsvSchema>;
export type UsagePageView = z.output<typeof usagePageSchema>;
