import { resolvePollSettings } from 'penstock/polling';
import { defineSettings } from 'penstock/settings';
import { z } from 'zod';

import { milliseconds } from './milliseconds.field.js';

const STANDARD = resolvePollSettings({});
const most = z.int().min(1).max(100_000);
const mostOrNone = z.int().min(0).max(1_000_000);

/** How upstreams are asked about generations. */
export const pollingSettings = defineSettings({
  name: 'polling',
  description: 'How upstreams are asked about generations. Counts from the next poll on.',
  schema: z
    .object({
      maxActive: most.default(STANDARD.maxActive).describe('Polls at once in all.'),
      maxActivePerToken: most.default(STANDARD.maxActivePerToken).describe('Polls at once with one token.'),
      maxActivePerOrigin: most.default(STANDARD.maxActivePerOrigin).describe('Polls at once to one origin.'),
      tokenPollsPerMinute: mostOrNone
        .default(STANDARD.tokenPollsPerMinute)
        .describe('Requests a minute for polls with one token; 0 leaves it to its provider.'),
      originPollsPerMinute: mostOrNone
        .default(STANDARD.originPollsPerMinute)
        .describe('Requests a minute for polls to one origin; 0 for any number.'),
      listWindowMs: milliseconds(-1)
        .default(STANDARD.listWindowMs)
        .describe('One list call takes those along that are due within this time; -1 asks about each alone.'),
      maxListed: z
        .int()
        .min(2)
        .max(10_000)
        .default(STANDARD.maxListed)
        .describe('Generations that one list call asks about at most.'),
      pollTimeoutMs: milliseconds(1)
        .default(STANDARD.pollTimeoutMs)
        .describe('After this a poll is aborted and counts as an error.'),
      abortGraceMs: milliseconds(0)
        .default(STANDARD.abortGraceMs)
        .describe('An aborted poll that has not ended after this gives up its slot.'),
      backOffBaseMs: milliseconds(1)
        .default(STANDARD.backOffBaseMs)
        .describe('Back-off after the first error, doubled with each further one.'),
      backOffMaxMs: milliseconds(1).default(STANDARD.backOffMaxMs).describe('The longest back-off.'),
      minDelayMs: milliseconds(1)
        .default(STANDARD.minDelayMs)
        .describe('Shortest time from an answer to the next poll.'),
      maxPollAfterMs: milliseconds(0)
        .default(STANDARD.maxPollAfterMs)
        .describe('The longest wish of an upstream that is respected; 0 ignores it.'),
      longestNetMs: milliseconds(0)
        .default(STANDARD.longestNetMs)
        .describe('The longest that a poll is put off because callbacks are expected; 0 puts none off.'),
      stopTimeoutMs: milliseconds(0)
        .default(STANDARD.stopTimeoutMs)
        .describe('How long the shutdown waits for polls under way.'),
    })
    .refine(({ backOffBaseMs, backOffMaxMs }) => backOffMaxMs >= backOffBaseMs, {
      path: ['backOffMaxMs'],
      error: 'expected at least backOffBaseMs',
    }),
});
