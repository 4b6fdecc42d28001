/**
 * The life of a generation.
 *
 * ```text
 * queued ──> submitting ──> in_progress ──> completed | failed | cancelled
 *   ^ │          │ │
 *   │ └──────────│─┴──> failed | cancelled
 *   └────────────┘ (surely nothing was created upstream: another token is tried)
 * ```
 */
export type GenerationStatus = 'queued' | 'submitting' | 'in_progress' | 'completed' | 'failed' | 'cancelled';

/** Every status, in the order of a life. */
export const GENERATION_STATUSES = [
  'queued',
  'submitting',
  'in_progress',
  'completed',
  'failed',
  'cancelled',
] as const satisfies readonly GenerationStatus[];

/** Statuses in which work is left to do. */
export const UNFINISHED = [
  'queued',
  'submitting',
  'in_progress',
] as const satisfies readonly GenerationStatus[];

/** Statuses in which nothing will change any more. */
export const FINISHED = ['completed', 'failed', 'cancelled'] as const satisfies readonly GenerationStatus[];

/** Whether nothing will change any more. */
export function isFinished(status: GenerationStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}
