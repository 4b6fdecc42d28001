import { defineSettings } from 'penstock/settings';
import { z } from 'zod';

const days = z.int().min(0).max(36_500);

/** How long rows are kept. */
export const retentionSettings = defineSettings({
  name: 'retention',
  description: 'How long rows are kept. Looked at every minute. 0 keeps them for ever.',
  schema: z.object({
    requestLogDays: days.default(14).describe('Rows of the log of requests.'),
    requestLogRows: z
      .int()
      .min(0)
      .max(1_000_000_000)
      .default(1_000_000)
      .describe('Most rows of the log of requests; the oldest go first.'),
    generationDays: days
      .default(0)
      .describe('Generations, from their end on. Clients can no longer see those that are gone.'),
    tokenHistoryDays: days
      .default(90)
      .describe('Changes of the state of tokens; of each token the last 200 at most are kept anyway.'),
    batchDays: days.default(90).describe('Batches and their items, from their end on.'),
    usageDays: days.default(0).describe('What API keys used.'),
  }),
});

/** The milliseconds of a number of days. */
export const daysInMs = (count: number): number => count * 24 * 60 * 60_000;
