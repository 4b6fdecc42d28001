import { defineSettings } from 'penstock/settings';
import { z } from 'zod';

import { milliseconds } from '../settings/milliseconds.field.js';

/** How batches treat upstreams. */
export const batchSettings = defineSettings({
  name: 'batch',
  description: 'How token.test treats upstreams. Counts for batches that begin from now on.',
  schema: z.object({
    testConcurrency: z.int().min(1).max(100).default(5).describe('Tokens tested at once.'),
    testIntervalMs: milliseconds(0).default(300).describe('Least time between the starts of two tests.'),
  }),
});
