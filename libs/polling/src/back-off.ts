import type { Random } from 'penstock/kernel';

/** Bounds of a back-off, in milliseconds. */
export interface BackOff {
  readonly backOffBaseMs: number;
  readonly backOffMaxMs: number;
}

/** Beyond this many doublings any base has passed any bound. */
const MOST_DOUBLINGS = 60;

/**
 * Exponential back-off with full jitter: uniform in [0, min(max, base x 2^(errors - 1))), so that ids which failed
 * together do not come back together.
 *
 * @param errors - errors in a row, at least 1
 */
export function backOffMs(random: Random, errors: number, { backOffBaseMs, backOffMaxMs }: BackOff): number {
  const doublings = Math.min(errors - 1, MOST_DOUBLINGS);
  return random.next() * Math.min(backOffMaxMs, backOffBaseMs * 2 ** doublings);
}
