import { z } from 'zod';

import { canBefall, faultSchema } from './fault.js';
import { OPERATIONS } from './operation.js';

/** A rule as the control API takes it. */
export const faultRuleSchema = z
  .strictObject({
    id: z.string().min(1).max(100).optional(),
    operation: z.enum([...OPERATIONS, 'any']),
    secret: z.string().optional(),
    jobId: z.string().optional(),
    probability: z.number().min(0).max(1).default(1),
    times: z.int().min(1).optional(),
    skip: z.int().min(0).default(0),
    fault: faultSchema,
  })
  .refine(({ operation, fault }) => operation === 'any' || canBefall(fault, operation), {
    path: ['fault', 'type'],
    message: 'cannot befall that operation',
  });

/**
 * When a fault happens: at calls of `operation` (by `secret`, about `jobId`), after the first `skip` of them, with
 * `probability`, at most `times` times.
 */
export type FaultRule = Readonly<z.output<typeof faultRuleSchema>>;

/** A {@link FaultRule} as given: only the operation and the fault are required. */
export type FaultRuleInput = z.input<typeof faultRuleSchema>;
