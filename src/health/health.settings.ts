import { defineSettings } from 'penstock/settings';
import { z } from 'zod';

const bytes = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** When something counts as not well. */
export const healthSettings = defineSettings({
  name: 'health',
  description: 'When GET /health/ready reports a part. Counts at once.',
  schema: z.object({
    diskWarnBytes: bytes
      .default(1024 ** 3)
      .describe('Below this much free space for the data folder the gateway is degraded.'),
    diskMinBytes: bytes
      .default(8 * 1024 ** 2)
      .describe('Below this much free space for the data folder the gateway is not ready.'),
  }),
});
