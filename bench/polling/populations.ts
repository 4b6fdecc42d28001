import { SeededRandom } from 'penstock/kernel/testing';

import { Distributions } from './distributions.js';
import type { JobSource } from './job.js';
import { jumping, type ProgressStyle, queuedFirst, sittingAt95, steady, stuckAtZero } from './progress.js';

/** Jobs that have something in common. */
export interface Population {
  readonly name: string;
  /** Whether progress tells when a job ends. */
  readonly informs: boolean;
  /** The same seed gives the same jobs. */
  readonly source: (seed: number) => JobSource;
}

/** Draws the duration of job `index`, in seconds. */
type Durations = (draw: Distributions, index: number) => number;

const logNormal =
  (median: number, sigma: number): Durations =>
  (draw) =>
    draw.logNormal(median, sigma);

const twoPeaks: Durations = (draw) => (draw.chance(0.6) ? draw.logNormal(30, 0.2) : draw.logNormal(180, 0.2));

/** Twice as long after five hundred jobs, little by little. */
const drifting: Durations = (draw, index) => draw.logNormal(60, 0.3) * 2 ** (index / 500);

/** The load of an upstream rises and falls, so that neighbours in time are alike. */
const varyingLoad: Durations = (draw, index) =>
  draw.logNormal(60, 0.25) * (1 + 0.6 * Math.sin((2 * Math.PI * index) / 120));

interface Recipe {
  readonly name: string;
  readonly informs: boolean;
  readonly durations: Durations;
  readonly progress: ProgressStyle;
  /** Share of jobs that fail at a random moment before their end. */
  readonly failures?: number;
}

const RECIPES: readonly Recipe[] = [
  {
    name: '12 s, sigma 0.3, steps of 1 %',
    informs: true,
    durations: logNormal(12, 0.3),
    progress: steady(1),
  },
  {
    name: '60 s, sigma 0.5, steps of 1 %',
    informs: true,
    durations: logNormal(60, 0.5),
    progress: steady(1),
  },
  {
    name: '120 s, sigma 0.8, steps of 10 %',
    informs: true,
    durations: logNormal(120, 0.8),
    progress: steady(10),
  },
  {
    name: '300 s, sigma 0.5, steps of 1 %',
    informs: true,
    durations: logNormal(300, 0.5),
    progress: steady(1),
  },
  { name: 'two peaks, steps of 10 %', informs: true, durations: twoPeaks, progress: steady(10) },
  {
    name: 'queued first, then steps of 1 %',
    informs: true,
    durations: logNormal(120, 0.5),
    progress: queuedFirst(0.4),
  },
  {
    name: 'failures, steps of 1 %',
    informs: true,
    durations: logNormal(60, 0.5),
    progress: steady(1),
    failures: 0.15,
  },
  { name: 'drift, steps of 1 %', informs: true, durations: drifting, progress: steady(1) },
  {
    name: '12 s, sigma 0.5, stuck at 0',
    informs: false,
    durations: logNormal(12, 0.5),
    progress: stuckAtZero,
  },
  {
    name: '60 s, sigma 0.3, stuck at 0',
    informs: false,
    durations: logNormal(60, 0.3),
    progress: stuckAtZero,
  },
  { name: '120 s, sigma 0.5, jumping', informs: false, durations: logNormal(120, 0.5), progress: jumping },
  {
    name: '300 s, sigma 0.8, stuck at 0',
    informs: false,
    durations: logNormal(300, 0.8),
    progress: stuckAtZero,
  },
  { name: 'two peaks, stuck at 0', informs: false, durations: twoPeaks, progress: stuckAtZero },
  {
    name: '60 s, sigma 0.5, sitting at 95 %',
    informs: false,
    durations: logNormal(60, 0.5),
    progress: sittingAt95,
  },
  {
    name: 'failures, jumping',
    informs: false,
    durations: logNormal(60, 0.5),
    progress: jumping,
    failures: 0.15,
  },
  { name: 'load that varies, stuck at 0', informs: false, durations: varyingLoad, progress: stuckAtZero },
];

/** Everything that the schedules are compared on. */
export const POPULATIONS: readonly Population[] = RECIPES.map(({ name, informs, ...recipe }) => ({
  name,
  informs,
  source: (seed) => sourceOf(recipe, seed),
}));

function sourceOf(
  { durations, progress, failures = 0 }: Omit<Recipe, 'name' | 'informs'>,
  seed: number,
): JobSource {
  const draw = new Distributions(new SeededRandom(seed));
  let index = 0;
  return () => {
    const wholeMs = 1_000 * durations(draw, index++);
    const progressAt = progress(wholeMs, draw);
    const failed = draw.chance(failures);
    return { durationMs: failed ? wholeMs * draw.uniform(0.02, 1) : wholeMs, failed, progressAt };
  };
}
