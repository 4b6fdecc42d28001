import { defineSettings } from 'penstock/settings';
import { z } from 'zod';

/** What is asked for when a request does not say. */
export const watermarkSettings = defineSettings({
  name: 'watermark',
  description:
    'Whether media get a watermark, for requests that do not say and models that have a parameter "watermark". Counts for ' +
    'requests from now on.',
  schema: z.object({
    enabled: z
      .boolean()
      .nullable()
      .default(null)
      .describe('Sent to the upstream as "true" or "false" where the model takes that; null sends nothing.'),
  }),
});
