import { defineSettings } from 'penstock/settings';
import { z } from 'zod';

import { LOG_LEVELS } from '../config/index.js';

/** What is logged. */
export const loggingSettings = defineSettings({
  name: 'logging',
  description: 'What is logged. Counts at once; LOG_LEVEL is the default.',
  schema: z.object({
    level: z
      .enum(LOG_LEVELS)
      .default('info')
      .describe('From the fewest lines to the most; trace is the most.'),
  }),
});
