import type { Cost } from './simulate.js';

/** What a schedule costs at several prices of a poll. */
export type Curve = readonly Cost[];

/** Delay at as many polls as a baseline needs, and polls at as much delay, in percent of the baseline. */
export interface Ratios {
  readonly delay: number;
  readonly polls: number;
}

export function ratiosTo(baseline: Cost, curve: Curve): Ratios {
  return {
    delay: (100 * at(curve, 'polls', baseline.polls).delayMs) / baseline.delayMs,
    polls: (100 * at(curve, 'delayMs', baseline.delayMs).polls) / baseline.polls,
  };
}

/**
 * The best that a curve has to offer at no more than `limit` of one cost: between two of its points by a power law, and
 * where it needs less than the limit at any price, what it has there. A curve that always needs more is followed beyond
 * its end.
 */
function at(curve: Curve, name: keyof Cost, limit: number): Cost {
  const points = curve.toSorted((a, b) => a[name] - b[name]);
  const last = points.at(-1);
  if (last !== undefined && last[name] <= limit) return last;
  const above = Math.max(
    1,
    points.findIndex((point) => point[name] > limit),
  );
  const [low, high] = [points[above - 1], points[above]];
  if (low === undefined || high === undefined) throw new Error('A curve needs two points.');
  const share = Math.log(limit / low[name]) / Math.log(high[name] / low[name]);
  const between = (a: number, b: number): number => a * (b / a) ** share;
  return { polls: between(low.polls, high.polls), delayMs: between(low.delayMs, high.delayMs) };
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
