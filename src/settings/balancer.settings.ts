import { resolveBalancerOptions } from 'penstock/balancer';
import { defineSettings } from 'penstock/settings';
import { z } from 'zod';

import { milliseconds } from './milliseconds.field.js';

const STANDARD = resolveBalancerOptions();

const name = z.string().min(1).max(200);
const strategy = z.string().min(1).max(100);
const atOnce = z
  .int()
  .min(-1)
  .refine((limit) => limit !== 0, { error: 'expected an integer of at least 1, or -1 for no limit' });

const sharedLimits = z.strictObject({
  limits: z.record(name, atOnce).default({}).describe('Most generations at once by kind; -1 for no limit.'),
  requestsPerMinute: z
    .int()
    .min(1)
    .max(1_000_000)
    .nullable()
    .default(null)
    .describe('Most generations that begin within any 60 seconds; null for no limit.'),
});

/** Which token a generation gets, and where it waits for one. */
export const balancerSettings = defineSettings({
  name: 'balancer',
  description:
    'Which token a generation gets, and the queue of those that wait for one. Counts for requests from now on; the ' +
    'head start, strategies and limits also for those that wait.',
  schema: z.object({
    maxWaiting: z
      .int()
      .min(1)
      .max(10_000_000)
      .default(STANDARD.maxWaiting)
      .describe('Most generations of each priority that wait at once; one more is refused with queue_full.'),
    priorityHeadStartMs: milliseconds(0)
      .int()
      .default(STANDARD.priorityHeadStartMs)
      .describe(
        'By how much a generation of the next higher priority may have come later and still go first. 0 makes all priorities one.',
      ),
    fullRetryAfterMs: milliseconds(0)
      .int()
      .default(STANDARD.fullRetryAfterMs)
      .describe('What a refused caller is told to wait.'),
    strategies: z
      .strictObject({
        default: strategy
          .default(STANDARD.strategies.default)
          .describe('The strategy of every model that is not listed.'),
        models: z.record(name, strategy).default({}).describe('The strategies of single models, by id.'),
      })
      .prefault({})
      .describe('Which of the tokens that can serve a generation gets it.'),
    limits: z
      .strictObject({
        groups: z.record(name, sharedLimits).default({}).describe('By the name of the quota group.'),
        providers: z.record(name, sharedLimits).default({}).describe('By the name of the provider.'),
      })
      .prefault({})
      .describe('Limits that several tokens share.'),
  }),
});
