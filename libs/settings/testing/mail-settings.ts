import { defineSettings } from 'penstock/settings';
import { z } from 'zod';

/** A section with a field of every kind. */
export const mailSettings = defineSettings({
  name: 'mail',
  description: 'Where reports are sent.',
  schema: z
    .object({
      to: z.url().nullable().default(null),
      from: z.string().nullable().default('nobody'),
      atOnce: z.int().min(1).max(10).default(2),
      least: z.int().min(0).default(0),
      pauses: z.array(z.int()).default([1, 2]),
      limits: z
        .strictObject({ perHour: z.int().min(1).default(100), perDay: z.int().min(1).default(1_000) })
        .prefault({}),
      names: z.record(z.string(), z.string()).default({}),
      mode: z.union([z.literal('off'), z.object({ level: z.int() })]).default('off'),
    })
    .refine(({ least, atOnce }) => least <= atOnce, { path: ['least'], error: 'expected at most atOnce' }),
});
