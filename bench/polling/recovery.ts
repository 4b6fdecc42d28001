import { PredictiveStrategy } from 'penstock/polling';
import { SeededRandom } from 'penstock/kernel/testing';

import { Distributions } from './distributions.js';
import type { Job } from './job.js';
import type { ProgressStyle } from './progress.js';
import { follow, meanOf } from './simulate.js';

const TRAINING = 500;
const LONGEST = 120;
/** Generations over which a cost is averaged. */
const WINDOW = 10;
const PRICE_MS = 100;
/** A cost that is this much above what it settles at counts as recovered. */
const TOLERANCE = 1.1;

/**
 * After how many generations polls and delay together cost at most a tenth more than they settle at, when durations
 * have doubled from one generation to the next.
 *
 * @param runs - independent runs to average over
 * @param firstSeed - of the first of them
 */
export function recoveryAfterDoubling(style: ProgressStyle, runs: number, firstSeed: number): number {
  const after: Float64Array = new Float64Array(LONGEST);
  let settled = 0;
  for (let run = 0; run < runs; run += 1) {
    const draw = new Distributions(new SeededRandom(firstSeed + run));
    const make = (median: number) => (): Job => jobOf(1_000 * draw.logNormal(median, 0.3), style, draw);
    const strategy = new PredictiveStrategy({ pollPriceMs: PRICE_MS });
    for (let job = 0; job < TRAINING; job += 1) costOf(strategy, make(60)());
    for (let job = 0; job < LONGEST; job += 1)
      after[job] = (after[job] ?? 0) + costOf(strategy, make(120)()) / runs;
    for (let job = LONGEST; job < TRAINING; job += 1) costOf(strategy, make(120)());
    for (let job = 0; job < LONGEST; job += 1) settled += costOf(strategy, make(120)()) / runs / LONGEST;
  }
  for (let from = 0; from + WINDOW <= LONGEST; from += 1) {
    const mean = after.subarray(from, from + WINDOW).reduce((sum, cost) => sum + cost, 0) / WINDOW;
    if (mean <= TOLERANCE * settled) return from + WINDOW;
  }
  return Infinity;
}

function jobOf(durationMs: number, style: ProgressStyle, draw: Distributions): Job {
  return { durationMs, failed: false, progressAt: style(durationMs, draw) };
}

function costOf(strategy: PredictiveStrategy, job: Job): number {
  const { polls, delayMs } = meanOf([follow(strategy, job, true)]);
  return PRICE_MS * polls + delayMs;
}
