import { defineSettings } from 'penstock/settings';
import { z } from 'zod';

import { milliseconds } from '../settings/milliseconds.field.js';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;

/** How webhooks are sent. */
export const webhookSettings = defineSettings({
  name: 'webhooks',
  description: 'Where webhooks may go and how they are sent. Counts from the next attempt on.',
  schema: z.object({
    allowHttp: z.boolean().default(false).describe('Whether URLs may begin with http://.'),
    allowPrivateAddresses: z
      .boolean()
      .default(false)
      .describe('Whether they may lead to this machine and to private networks.'),
    publicUrl: z
      .string()
      .refine(
        isOrigin,
        'expected scheme and host, such as https://penstock.example, without a slash at the end',
      )
      .nullable()
      .default(null)
      .describe(
        'Scheme and host of this gateway, for links in webhooks, which are paths without it, and for callbacks of upstreams, which are not asked for without it.',
      ),
    timeoutMs: milliseconds(1)
      .default(15 * SECOND)
      .describe('The longest time that a receiver may take to answer.'),
    maxActive: z.int().min(1).max(1_000).default(64).describe('Attempts under way at once.'),
    maxActivePerHost: z.int().min(1).max(1_000).default(4).describe('The same, to one host.'),
    firstPauseMs: milliseconds(1)
      .default(5 * SECOND)
      .describe('The pause after the first failure; doubled with each further.'),
    longestPauseMs: milliseconds(1).default(HOUR).describe('The longest of these pauses.'),
    retryForMs: milliseconds(0).default(DAY).describe('A delivery is given up when its pauses come to this.'),
    keepMs: milliseconds(0)
      .default(30 * DAY)
      .describe('How long deliveries are kept that were received or given up.'),
  }),
});

/** Where the values of {@link webhookSettings} come from. */
export interface ReadsWebhookSettings {
  get(section: typeof webhookSettings): WebhookSettings;
}

/** The values of {@link webhookSettings}. */
export type WebhookSettings = Readonly<typeof webhookSettings.defaults>;

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
