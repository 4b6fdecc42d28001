import { PredictiveStrategy, StagesStrategy, type PollingStrategy } from 'penstock/polling';

import type { Curve } from './curve.js';
import { optimalCost } from './optimal-schedule.js';
import type { Population } from './populations.js';
import { ExponentialBackOff, FixedInterval } from './schedules.js';
import { follow, meanOf, type Cost, type Outcome } from './simulate.js';

/** How much is simulated. Each number is of jobs, for one population. */
export interface Effort {
  readonly measured: number;
  /** Independent runs of learning. */
  readonly runs: number;
  readonly law: number;
}

/** Prices of a poll, in milliseconds of delay. */
export const PRICES = [10, 40, 100, 250, 700, 2_500] as const;
/** Where the default price stands among them. */
export const DEFAULT_PRICE = 2;
const LONG_TRAINING = 500;
const TRAININGS = { cold: 0, after50: 50, after500: LONG_TRAINING } as const;

/** How well `predictive` knows a key. */
export type Warmth = keyof typeof TRAININGS;
export const WARMTHS: readonly Warmth[] = ['cold', 'after50', 'after500'];

/** What every schedule costs on one population. */
export interface Comparison {
  readonly population: Population;
  /** The guide's stages as they were written, with the factor applied once. */
  readonly baseline: Cost;
  readonly others: ReadonlyMap<string, Cost>;
  readonly predictive: Readonly<Record<Warmth, Curve>>;
  /** Best of those that do not look at progress. */
  readonly bound: Curve;
}

const OTHERS: Readonly<Record<string, () => PollingStrategy>> = {
  'fixed 1 s': () => new FixedInterval(1_000),
  'fixed 2 s': () => new FixedInterval(2_000),
  'fixed 5 s': () => new FixedInterval(5_000),
  'back-off to 10 s': () => new ExponentialBackOff(10_000),
  stages: () => new StagesStrategy(),
};

export function compare(population: Population, effort: Effort): Comparison {
  const guide = new StagesStrategy({ maxSlowDowns: 1 });
  return {
    population,
    baseline: costOf(() => guide, population, effort),
    others: new Map(Object.entries(OTHERS).map(([name, make]) => [name, costOf(make, population, effort)])),
    predictive: {
      cold: learnedCurve(population, 'cold', effort),
      after50: learnedCurve(population, 'after50', effort),
      after500: learnedCurve(population, 'after500', effort),
    },
    bound: boundCurve(population, effort),
  };
}

/** Each run draws its own jobs; every schedule sees the same ones. */
function costOf(make: () => PollingStrategy, population: Population, { measured, runs }: Effort): Cost {
  const outcomes: Outcome[] = [];
  for (let run = 0; run < runs; run += 1) {
    const next = population.source(run);
    for (let skipped = 0; skipped < LONG_TRAINING; skipped += 1) next();
    for (let job = 0; job < measured / runs; job += 1) outcomes.push(follow(make(), next(), false));
  }
  return meanOf(outcomes);
}

function learnedCurve(population: Population, warmth: Warmth, { measured, runs }: Effort): Curve {
  const outcomes = PRICES.map((): Outcome[] => []);
  for (let run = 0; run < runs; run += 1) {
    const next = population.source(run);
    const teacher = new PredictiveStrategy();
    for (let job = 0; job < LONG_TRAINING; job += 1) {
      const trains = job >= LONG_TRAINING - TRAININGS[warmth];
      if (trains) follow(teacher, next(), true);
      else next();
    }
    const { changed } = teacher.knowledge.takeChanges();
    const jobs = Array.from({ length: measured / runs }, next);
    for (const [index, pollPriceMs] of PRICES.entries()) {
      const strategy = new PredictiveStrategy({ pollPriceMs });
      strategy.knowledge.restore(changed);
      for (const job of jobs) outcomes[index]?.push(follow(strategy, job, false));
    }
  }
  return outcomes.map(meanOf);
}

function boundCurve(population: Population, { law, measured, runs }: Effort): Curve {
  const durations: number[] = [];
  for (let run = 0; durations.length < law; run += 1) {
    const next = population.source(run);
    for (let skipped = 0; skipped < LONG_TRAINING; skipped += 1) next();
    for (let job = 0; job < measured / runs; job += 1) durations.push(next().durationMs);
  }
  durations.sort((a, b) => a - b);
  return PRICES.map((price) => optimalCost(durations, price, { minIntervalMs: 500, maxIntervalMs: 10_000 }));
}
