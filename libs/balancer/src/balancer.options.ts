/** Options of the balancer. */
export interface BalancerOptions {
  /**
   * Most generations that wait for a token at once, besides those let in by force; an integer of at least 1.
   * @defaultValue 10000
   */
  readonly maxWaiting?: number;
  /**
   * What a refused caller is told to wait when the queue is full, in milliseconds; an integer of at least 0.
   * @defaultValue 5000
   */
  readonly fullRetryAfterMs?: number;
}

/**
 * Fills in the defaults.
 *
 * @throws RangeError naming the option that is out of bounds
 */
export function resolveBalancerOptions(options: BalancerOptions = {}): Readonly<Required<BalancerOptions>> {
  const { maxWaiting = 10_000, fullRetryAfterMs = 5_000 } = options;
  atLeast('maxWaiting', maxWaiting, 1);
  atLeast('fullRetryAfterMs', fullRetryAfterMs, 0);
  return Object.freeze({ maxWaiting, fullRetryAfterMs });
}

function atLeast(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new RangeError(`${name} must be an integer >= ${least}, got ${value}`);
}
