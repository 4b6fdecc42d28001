import { defineSettings } from 'penstock/settings';
import { z } from 'zod';

import { milliseconds } from '../settings/milliseconds.field.js';

const MIB = 2 ** 20;

/** How long the façades wait, and what they carry. */
export const facadeSettings = defineSettings({
  name: 'facade',
  description: 'The images and chat façades. Counts for the next request.',
  schema: z.object({
    imageWaitMs: milliseconds(0)
      .default(60_000)
      .describe('The longest time that an image request waits; then it is told where to follow.'),
    imageBytes: z
      .int()
      .min(1)
      .max(512 * MIB)
      .default(32 * MIB)
      .describe('Most bytes of all images that one answer carries as b64_json.'),
    chatWaitMs: milliseconds(0)
      .default(540_000)
      .describe('The longest time that a chat request without streaming waits.'),
  }),
});

/** Where the values of {@link facadeSettings} come from. */
export interface ReadsFacadeSettings {
  get(section: typeof facadeSettings): Readonly<typeof facadeSettings.defaults>;
}
