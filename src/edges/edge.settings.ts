import { defineSettings } from 'penstock/settings';
import { resolveEdgeOptions } from 'penstock/upstream';
import { z } from 'zod';

const STANDARD = resolveEdgeOptions();
const DAY_MS = 86_400_000;

/** How edges that challenge are treated. */
export const edgeSettings = defineSettings({
  name: 'edge',
  description:
    'Edges (CDN, firewall) in front of upstreams that challenge. Counts from the next pause, and the next clearance, on.',
  schema: z.object({
    probePauseMs: z
      .int()
      .min(1_000)
      .max(DAY_MS)
      .default(STANDARD.probePauseMs)
      .describe('From a challenge to the first probe; twice as long after each one that did not pass.'),
    longestProbePauseMs: z
      .int()
      .min(1_000)
      .max(DAY_MS)
      .default(STANDARD.longestProbePauseMs)
      .describe('The longest pause between two probes.'),
    clearanceTtlMs: z
      .int()
      .min(1_000)
      .max(30 * DAY_MS)
      .default(STANDARD.clearanceTtlMs)
      .describe('How long a clearance counts that does not say so itself.'),
  }),
});
