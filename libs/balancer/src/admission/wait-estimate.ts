/** Those who come later and go first. */
export interface Overtakers {
  /** How many come in a millisecond. */
  readonly perMs: number;
  /** For how long from now on those who come still go first, in milliseconds. */
  readonly forMs: number;
}

/**
 * How long it takes until somebody is served: all who are ahead now, and all who get ahead meanwhile. It ends also where
 * more come than are served, as nobody gets ahead for ever.
 *
 * @param position - 1 for the next
 * @param intervalMs - between two that are served
 */
export function waitEstimateMs(
  position: number,
  intervalMs: number,
  overtakers: readonly Overtakers[],
): number {
  const coming = overtakers.filter(({ perMs, forMs }) => perMs > 0 && forMs > 0);
  coming.sort((left, right) => left.forMs - right.forMs);
  let ahead = position;
  let perMs = coming.reduce((sum, each) => sum + each.perMs, 0);
  for (const each of coming) {
    const spare = 1 - perMs * intervalMs;
    const waitMs = spare > 0 ? (ahead * intervalMs) / spare : Infinity;
    if (waitMs <= each.forMs) return waitMs;
    // It outlasts these: all of them that can get ahead do.
    ahead += each.perMs * each.forMs;
    perMs -= each.perMs;
  }
  return ahead * intervalMs;
}
