import { z } from 'zod';

const spreadSchema = z.strictObject({
  medianMs: z.number().min(0).max(86_400_000),
  sigma: z.number().min(0).max(3).default(0),
});

const progressSchema = z.union(
  [
    z.enum(['linear', 'stuck-at-zero', 'jumping', 'sits-at-95', 'stalls']),
    z.strictObject({ steps: z.int().min(1).max(100) }),
  ],
  'must be linear, stuck-at-zero, jumping, sits-at-95, stalls, or { "steps": 1 to 100 }',
);

const behaviourSchema = z.strictObject({
  queue: spreadSchema,
  duration: spreadSchema,
  timeScale: z.number().positive().max(1000),
  progress: progressSchema,
  failureRate: z.number().min(0).max(1),
  failureCode: z.enum(['generation_failed', 'content_policy_violation']),
  contentBytes: z.int().min(1).nullable(),
  callbackRate: z.number().min(0).max(1),
  callbackDelayMs: z.number().min(0).max(86_400_000),
});

/** What a change of {@link Behaviour} may name: any of its fields. */
export const behaviourChangeSchema = behaviourSchema.partial();

/** How times spread: log-normal around `medianMs`; with `sigma` 0 (its default) every time is the median. */
export type Spread = Readonly<z.output<typeof spreadSchema>>;

/** How the reported percentage grows while a job runs. */
export type ProgressShape = z.output<typeof progressSchema>;

/**
 * How jobs behave that are created from now on.
 *
 * - `queue`, `duration`: how long a job waits, and then runs.
 * - `timeScale`: factor on both; 0.1 makes jobs ten times faster.
 * - `progress`: see {@link ProgressShape}.
 * - `failureRate`, `failureCode`: the share of jobs that fail at their end, and why.
 * - `callbackRate`, `callbackDelayMs`: the share of callbacks that are sent, and how long after the end; they change for all jobs.
 * - `contentBytes`: length of a generated video body; `null` serves the sample video.
 */
export type Behaviour = Readonly<z.output<typeof behaviourSchema>>;

/** Fields to change; those left out keep their values. */
export type BehaviourChange = z.input<typeof behaviourChangeSchema>;

/** A video service on an ordinary day. */
export const DEFAULT_BEHAVIOUR: Behaviour = Object.freeze({
  queue: { medianMs: 3_000, sigma: 0.5 },
  duration: { medianMs: 60_000, sigma: 0.35 },
  timeScale: 1,
  progress: 'linear',
  failureRate: 0,
  failureCode: 'generation_failed',
  contentBytes: null,
  callbackRate: 1,
  callbackDelayMs: 0,
});

/** `current` with the fields that `change` names. */
export function changedBehaviour(
  current: Behaviour,
  change: z.output<typeof behaviourChangeSchema>,
): Behaviour {
  const named = Object.entries(change).filter(([, value]) => value !== undefined);
  return Object.freeze({ ...current, ...Object.fromEntries(named) });
}
