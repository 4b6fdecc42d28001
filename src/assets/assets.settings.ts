import type { SinkRegistry } from 'penstock/plugin-host';
import { defineSettings, type SettingsSection } from 'penstock/settings';
import { z } from 'zod';

import { milliseconds } from '../settings/milliseconds.field.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const GIB = 1024 ** 3;

/** Which files of generations are kept here, and for how long. */
export const assetSettings = defineSettings({
  name: 'assets',
  description: 'Copies of the files of completed generations. Counts from the next copy on.',
  schema: z.object({
    keep: z
      .boolean()
      .default(false)
      .describe('Whether the files of generations that complete from now on are copied.'),
    sink: z.string().min(1).max(64).default('disk').describe('The sink that takes new copies.'),
    quotaBytes: z
      .int()
      .min(0)
      .default(20 * GIB)
      .describe('The most that is kept, in bytes; what was copied first goes first. 0 sets no bound.'),
    keepDays: z
      .int()
      .min(0)
      .max(36_500)
      .default(30)
      .describe('How long a copy is kept. 0 keeps it until its generation is deleted.'),
    maxActive: z.int().min(1).max(64).default(4).describe('Copies that are made at once.'),
    firstPauseMs: milliseconds(1)
      .default(5 * SECOND)
      .describe('The pause after the first failure; doubled with each further.'),
    longestPauseMs: milliseconds(1)
      .default(10 * MINUTE)
      .describe('The longest of these pauses.'),
    maxAttempts: z
      .int()
      .min(1)
      .max(1_000)
      .default(150)
      .describe('A copy is given up after so many attempts.'),
    stalledAfterMs: milliseconds(1)
      .default(MINUTE)
      .describe('When no byte came for so long, the upstream is asked again for the rest.'),
  }),
});

/** The section, which takes only sinks that there are. */
export function assetSection(
  sinks: Pick<SinkRegistry, 'names'>,
): SettingsSection<typeof assetSettings.defaults> {
  return assetSettings.withRule(({ sink }) => {
    const names = sinks.names();
    if (names.includes(sink)) return [];
    return [{ path: ['sink'], expected: `expected one of ${names.join(', ')}` }];
  });
}

/** Where the values of {@link assetSettings} come from. */
export interface ReadsAssetSettings {
  get(section: typeof assetSettings): AssetSettings;
}

/** The values of {@link assetSettings}. */
export type AssetSettings = Readonly<typeof assetSettings.defaults>;
