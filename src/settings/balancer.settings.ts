import { resolveBalancerOptions } from 'penstock/balancer';
import { defineSettings } from 'penstock/settings';
import { z } from 'zod';

import { milliseconds } from './milliseconds.field.js';

const STANDARD = resolveBalancerOptions();

/** Where generations wait for a token. */
export const balancerSettings = defineSettings({
  name: 'balancer',
  description: 'The queue of generations that wait for a token. Counts for requests from now on.',
  schema: z.object({
    maxWaiting: z
      .int()
      .min(1)
      .max(10_000_000)
      .default(STANDARD.maxWaiting)
      .describe('Most generations that wait at once; one more is refused with queue_full.'),
    fullRetryAfterMs: milliseconds(0)
      .int()
      .default(STANDARD.fullRetryAfterMs)
      .describe('What a refused caller is told to wait.'),
  }),
});
