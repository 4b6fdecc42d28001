/** Bins of a duration. Each is 7.5 % longer than the one before; together they span 0.5 s to two hours. */
export const BINS = 132;

const SHORTEST_MS = 500;
const LOG_STEP = Math.log(1.075);

/** Where a duration lies among the bins, from 0 to {@link BINS}: bin `i` goes from `i` to `i + 1`. */
export function positionOf(ms: number): number {
  if (!(ms > SHORTEST_MS)) return 0;
  return Math.min(BINS, Math.log(ms / SHORTEST_MS) / LOG_STEP);
}

/** The duration at a position, in milliseconds. */
export function durationAt(position: number): number {
  return SHORTEST_MS * Math.exp(position * LOG_STEP);
}

/** What share of a law lies below a position, linear within a bin. `cdf` has a value for each edge of a bin. */
export function shareBelow(cdf: Float64Array, position: number): number {
  const bin = Math.min(BINS - 1, Math.floor(position));
  const below = cdf[bin] ?? 0;
  return below + ((cdf[bin + 1] ?? 1) - below) * (position - bin);
}

/** The duration that a share of a law does not exceed, in milliseconds. */
export function quantileMs(cdf: Float64Array, share: number): number {
  let bin = 0;
  while (bin < BINS - 1 && (cdf[bin + 1] ?? 1) < share) bin += 1;
  const below = cdf[bin] ?? 0;
  const within = (cdf[bin + 1] ?? 1) - below;
  return durationAt(bin + (within > 0 ? Math.min(1, Math.max(0, (share - below) / within)) : 1));
}

/** Sums densities up: the value at each edge of a bin, from 0 to 1. */
export function cdfOf(density: Float64Array): Float64Array {
  const cdf = new Float64Array(BINS + 1);
  let sum = 0;
  for (let bin = 0; bin < BINS; bin += 1) cdf[bin + 1] = sum += density[bin] ?? 0;
  for (let bin = 1; bin <= BINS; bin += 1) cdf[bin] = (cdf[bin] ?? 0) / sum;
  return cdf;
}
