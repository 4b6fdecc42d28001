import { assertNever } from 'penstock/kernel';

import type { ProgressShape } from './behaviour.js';

const JUMPS = 5;
const SITS_FROM = 0.6;

/**
 * The percentage that a running job reports: an integer from 0 to 99 that never goes back as `fraction` grows.
 *
 * @param fraction - how much of its run is over, in [0, 1]
 * @param noise - the job's own number in [0, 1), so that jobs differ and a job stays itself
 */
export function progressAt(shape: ProgressShape, fraction: number, noise: number): number {
  return Math.min(99, Math.max(0, Math.floor(percentage(shape, fraction, noise))));
}

function percentage(shape: ProgressShape, fraction: number, noise: number): number {
  if (typeof shape === 'object') return Math.floor((fraction * 100) / shape.steps) * shape.steps;
  switch (shape) {
    case 'linear':
      return fraction * 100;
    case 'stuck-at-zero':
      return 0;
    case 'jumping':
      return jumping(fraction, noise);
    case 'sits-at-95':
      return Math.min(95, (fraction / SITS_FROM) * 95);
    case 'stalls':
      return Math.min(fraction, 0.3 + 0.4 * noise) * 100;
    default:
      return assertNever(shape);
  }
}

/** One level in each band of 20 %, at a place in the band that depends on the job. */
function jumping(fraction: number, noise: number): number {
  const band = Math.min(JUMPS - 1, Math.floor(fraction * JUMPS));
  const place = (noise * (7 * band + 3)) % 1;
  return ((band + place) * 100) / JUMPS;
}
