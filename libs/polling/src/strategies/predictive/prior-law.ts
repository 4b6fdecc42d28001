import { BINS, durationAt } from './duration-bins.js';

const MEDIAN_MS = 90_000;
const SIGMA = 1.2;

/** What durations are like before anything is known: log-normal around 90 s. A density by bin that sums to 1. */
export function priorLaw(): Float64Array {
  const density = Float64Array.from({ length: BINS }, (_, bin) => {
    const z = Math.log(durationAt(bin + 0.5) / MEDIAN_MS) / SIGMA;
    return Math.exp((-z * z) / 2);
  });
  const sum = density.reduce((total, value) => total + value, 0);
  return density.map((value) => value / sum);
}
