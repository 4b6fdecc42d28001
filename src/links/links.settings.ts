import { defineSettings } from 'penstock/settings';
import { z } from 'zod';

import { milliseconds } from '../settings/milliseconds.field.js';

/** The longest time that a link may count: 30 days. */
export const LONGEST_LINK_SECONDS = 30 * 24 * 3_600;

/** Links to files that need no key. */
export const linkSettings = defineSettings({
  name: 'links',
  description: 'Signed links to files, which need no key. Counts for links from then on.',
  schema: z.object({
    lifetimeMs: milliseconds(1_000)
      .default(24 * 3_600_000)
      .describe('How long a link counts for which nobody asked for another time.'),
  }),
});

/** Where the values of {@link linkSettings} come from. */
export interface ReadsLinkSettings {
  get(section: typeof linkSettings): Readonly<typeof linkSettings.defaults>;
}
