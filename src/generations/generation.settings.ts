import { defineSettings } from 'penstock/settings';
import { z } from 'zod';

import { milliseconds } from '../settings/milliseconds.field.js';

import { resolveGenerationSettings } from './generations.options.js';

const STANDARD = resolveGenerationSettings();
const { default: anyKind, ...kinds } = STANDARD.deadlineMs;

/** How generations are driven. */
export const generationSettings = defineSettings({
  name: 'generation',
  description: 'How generations are driven, those under way too.',
  schema: z.object({
    queueTimeoutMs: milliseconds(1)
      .default(STANDARD.queueTimeoutMs)
      .describe('The longest time that a generation waits for a token; then it fails with queue_timeout.'),
    submitTimeoutMs: milliseconds(1)
      .default(STANDARD.submitTimeoutMs)
      .describe(
        'The longest time that an upstream may take to answer a submission. Counts for the next one.',
      ),
    maxFailedSubmissions: z
      .int()
      .min(1)
      .max(1_000)
      .default(STANDARD.maxFailedSubmissions)
      .describe('Failed submissions after which it fails with upstream_unavailable.'),
    backoffMs: milliseconds(1)
      .default(STANDARD.backoffMs)
      .describe('First back-off before a token that failed is tried again; doubled with each further.'),
    reconciliationPausesMs: z
      .array(milliseconds(0))
      .min(1)
      .max(100)
      .default([...STANDARD.reconciliationPausesMs])
      .describe(
        'Pauses before each look for a submission whose answer was lost. Counts for those lost from now on.',
      ),
    resumeSpreadMs: milliseconds(0)
      .default(STANDARD.resumeSpreadMs)
      .describe(
        'After a restart, the first polls are spread over this time; of more than 2,000, over one that is longer in ' +
          'proportion, up to 10 s. Counts at the next start.',
      ),
    deadlineMs: z
      .object({
        default: milliseconds(1).default(anyKind),
        ...Object.fromEntries(Object.entries(kinds).map(([kind, ms]) => [kind, milliseconds(1).default(ms)])),
      })
      .catchall(milliseconds(1))
      .prefault({})
      .describe(
        'By kind, how long a generation may take once it was accepted; then it fails with deadline_exceeded. Counts for ' +
          'those accepted, or resumed, from now on.',
      ),
  }),
});
