import type { Cost } from './simulate.js';

/** Polls come at multiples of this, in milliseconds. */
const GRAIN_MS = 250;

/** Between two polls, in milliseconds. */
export interface Bounds {
  readonly minIntervalMs: number;
  readonly maxIntervalMs: number;
}

/** What share of the jobs has ended by each multiple of the grain, and the sum of their durations over all jobs. */
interface Law {
  readonly ended: Float64Array;
  readonly sums: Float64Array;
}

/**
 * The best schedule for one who knows the law of the durations and nothing of any job: the inspection problem of Barlow,
 * Hunter and Proschan (1963), solved by dynamic programming over a large sample. Within its bounds no schedule that
 * does not look at progress does better, up to the grain.
 *
 * @param durations - in milliseconds, in rising order
 * @param priceMs - the delay that is as bad as one poll more
 */
export function optimalCost(durations: readonly number[], priceMs: number, bounds: Bounds): Cost {
  const law = lawOf(durations);
  return walk(bestSteps(law, priceMs, bounds), law);
}

function lawOf(durations: readonly number[]): Law {
  const moments = Math.ceil((durations.at(-1) ?? 0) / GRAIN_MS) + 1;
  const ended = new Float64Array(moments);
  const sums = new Float64Array(moments);
  let count = 0;
  let sum = 0;
  for (let moment = 0; moment < moments; moment += 1) {
    for (; (durations[count] ?? Infinity) <= moment * GRAIN_MS; count += 1) sum += durations[count] ?? 0;
    ended[moment] = count / durations.length;
    sums[moment] = sum / durations.length;
  }
  return { ended, sums };
}

/** For each moment of a poll that saw no end, how many grains later the next one comes. */
function bestSteps(law: Law, priceMs: number, { minIntervalMs, maxIntervalMs }: Bounds): Uint16Array {
  const last = law.ended.length - 1;
  const costs = new Float64Array(last + 1);
  const steps = new Uint16Array(last + 1);
  for (let from = last - 1; from >= 0; from -= 1) {
    const price = priceMs * (1 - (law.ended[from] ?? 0));
    let best = Infinity;
    for (let step = Math.ceil(minIntervalMs / GRAIN_MS); step <= maxIntervalMs / GRAIN_MS; step += 1) {
      const cost = price + delayOf(law, from, step) + (costs[Math.min(last, from + step)] ?? 0);
      if (cost >= best) continue;
      best = cost;
      steps[from] = step;
    }
    costs[from] = best;
  }
  return steps;
}

function walk(steps: Uint16Array, law: Law): Cost {
  let polls = 0;
  let delayMs = 0;
  for (let from = 0; from < steps.length - 1;) {
    const step = steps[from] ?? 1;
    polls += 1 - (law.ended[from] ?? 0);
    delayMs += delayOf(law, from, step);
    from += step;
  }
  return { polls, delayMs };
}

/** What ends between two polls, times how long it waits for the second. */
function delayOf({ ended, sums }: Law, from: number, step: number): number {
  const last = ended.length - 1;
  const to = Math.min(last, from + step);
  const share = (ended[to] ?? 1) - (ended[from] ?? 0);
  return (from + step) * GRAIN_MS * share - ((sums[to] ?? 0) - (sums[from] ?? 0));
}
