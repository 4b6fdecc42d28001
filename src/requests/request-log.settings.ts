import { defineSettings } from 'penstock/settings';
import { z } from 'zod';

/** What the log of requests takes. */
export const requestLogSettings = defineSettings({
  name: 'requestLog',
  description:
    'The log of requests (GET /admin/requests). Counts at once; how long rows are kept is in retention.',
  schema: z.object({
    record: z
      .enum(['all', 'changes', 'nothing'])
      .default('changes')
      .describe(
        'changes: every request but reads that succeeded, and every generation that ended; all: those reads too, which are ' +
          'many, since clients poll. Probes and metrics are never recorded.',
      ),
  }),
});
