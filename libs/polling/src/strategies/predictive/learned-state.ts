import { z } from 'zod';

import type { StoredKnowledge } from '../../ports/poll-knowledge.js';
import { BINS } from './duration-bins.js';
import { DurationHistogram } from './duration-histogram.js';
import { DurationLaw, type DurationMemory } from './duration-law.js';
import { LearnedKey } from './learned-key.js';
import { nameOf } from './key-traits.js';
import { areSound, CALIBRATION_SUMS, ProgressCalibration } from './progress-calibration.js';

const VERSION = 1;
/** A ten-thousandth is far below what a generation changes. */
const DIGITS = 5;
/** No sum of a sound state comes near it. */
const LARGEST = 1e9;

const part = z.string().max(64);
const trait = part.nullable();
const count = z.number().min(0).max(LARGEST);
const counts = z.array(count).length(BINS);
const stateSchema = z.object({
  v: z.literal(VERSION),
  kind: part,
  provider: trait,
  model: trait,
  size: trait,
  duration: trait,
  jobs: z.int().min(1),
  at: z.int().min(0),
  long: counts,
  short: counts,
  shortShare: z.number().min(0).max(1),
  progress: z.array(z.number().min(-LARGEST).max(LARGEST)).length(CALIBRATION_SUMS).refine(areSound),
});

/** What is stored of a key. */
export function writeKey({
  name,
  traits,
  durations,
  progress,
  jobs,
  lastSeenAt,
}: LearnedKey): StoredKnowledge {
  const state: z.input<typeof stateSchema> = {
    v: VERSION,
    ...traits,
    jobs,
    at: lastSeenAt,
    long: rounded(durations.long.counts),
    short: rounded(durations.short.counts),
    shortShare: round(durations.shortShare),
    progress: rounded(progress.sums),
  };
  return { key: name, state: JSON.stringify(state), updatedAt: lastSeenAt };
}

/** Reads {@link writeKey} back; `undefined` for what is of another version, or not sound. */
export function readKey({ key, state }: StoredKnowledge, memory: DurationMemory): LearnedKey | undefined {
  const read = stateSchema.safeParse(parsed(state)).data;
  if (read === undefined) return undefined;
  const { kind, provider, model, size, duration, jobs, at, long, short, shortShare, progress } = read;
  const traits = { kind, provider, model, size, duration };
  if (nameOf(traits) !== key) return undefined;
  const durations = new DurationLaw(
    new DurationHistogram(memory.long, Float64Array.from(long)),
    new DurationHistogram(memory.short, Float64Array.from(short)),
    shortShare,
  );
  const restored = new LearnedKey(
    traits,
    durations,
    new ProgressCalibration(memory.long, Float64Array.from(progress)),
  );
  restored.jobs = jobs;
  restored.lastSeenAt = at;
  return restored;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const round = (value: number): number => Number(value.toPrecision(DIGITS));
const rounded = (values: Float64Array): number[] => Array.from(values, round);
