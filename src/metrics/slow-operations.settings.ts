import { defineSettings } from 'penstock/settings';
import { z } from 'zod';

const limit = z.number().min(1).max(3_600_000);

/** What is slow. */
export const slowOperationsSettings = defineSettings({
  name: 'slowOperations',
  description:
    'What is slow: it is warned about, counted and kept for GET /admin/slow-operations. Counts for what ends from now on.',
  schema: z.object({
    slowOperationMs: limit
      .default(1_000)
      .describe('Requests, calls of upstreams, scheduled tasks and other operations that take longer.'),
    slowWaitMs: limit.default(100).describe('Waits for locks, connections and permits that take longer.'),
    slowAfterMs: z
      .record(z.string().min(1).max(200), limit)
      .default({
        'balancer.admission': 60_000,
        'polling.slots': 5_000,
        'upstream download': 30_000,
        'upstream submit': 10_000,
      })
      .describe(
        'Other limits, by the name of an operation or of what is waited for. Generations wait for tokens by design.',
      ),
  }),
});
