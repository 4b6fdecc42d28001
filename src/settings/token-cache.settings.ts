import { defineSettings } from 'penstock/settings';
import { resolveTokenCacheOptions } from 'penstock/token-cache';
import { z } from 'zod';

import { milliseconds } from './milliseconds.field.js';

/** How fresh the tokens in memory are. */
export const tokenCacheSettings = defineSettings({
  name: 'tokenCache',
  description: 'The tokens in memory, which every request reads. Counts at once.',
  schema: z.object({
    ttlMs: milliseconds(1)
      .int()
      .default(resolveTokenCacheOptions().ttlMs)
      .describe('Pause between two refreshes, which see what was changed past this process.'),
  }),
});
