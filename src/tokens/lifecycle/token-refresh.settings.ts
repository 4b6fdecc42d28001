import { defineSettings } from 'penstock/settings';
import { z } from 'zod';

import { milliseconds } from '../../settings/milliseconds.field.js';

const HOUR_MS = 60 * 60_000;

/** When credentials are renewed. */
export const tokenRefreshSettings = defineSettings({
  name: 'tokenRefresh',
  description:
    'When credentials that expire are renewed. Counts from the next look on, which comes every 5 minutes.',
  schema: z.object({
    aheadMs: milliseconds(0)
      .default(24 * HOUR_MS)
      .describe('A credential is renewed when it expires within this time; 0 waits until it has expired.'),
    longestPauseMs: milliseconds(1)
      .default(6 * HOUR_MS)
      .describe('Renewals that fail are tried again at pauses that double from 5 minutes up to this one.'),
  }),
});
