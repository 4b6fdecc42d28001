import { atLeast } from '../../check.js';

/** How `PredictiveStrategy` weighs polls against delay, and what it remembers. */
export interface PredictiveOptions {
  /** The delay that is as bad as one poll more, in milliseconds: less gives more polls. @defaultValue 100 */
  readonly pollPriceMs?: number;
  /** No interval is shorter, in milliseconds. @defaultValue 500 */
  readonly minIntervalMs?: number;
  /** No interval is longer, in milliseconds. @defaultValue 10,000 */
  readonly maxIntervalMs?: number;
  /** Generations that a key remembers before it forgets: an integer of at least 2. @defaultValue 100 */
  readonly memory?: number;
  /** The same for the memory that follows changes. @defaultValue 12 */
  readonly shortMemory?: number;
  /** Keys in all, the coarser ones included: an integer of at least 3. @defaultValue 500 */
  readonly maxKeys?: number;
}

const DEFAULTS: Required<PredictiveOptions> = {
  pollPriceMs: 100,
  minIntervalMs: 500,
  maxIntervalMs: 10_000,
  memory: 100,
  shortMemory: 12,
  maxKeys: 500,
};

/**
 * Fills in the defaults.
 *
 * @throws RangeError naming the option that is out of its bounds, and what was got.
 */
export function resolvePredictiveOptions(options: PredictiveOptions): Readonly<Required<PredictiveOptions>> {
  const resolved = { ...DEFAULTS, ...options };
  atLeast('pollPriceMs', resolved.pollPriceMs, 0.001);
  atLeast('minIntervalMs', resolved.minIntervalMs, 1);
  atLeast('maxIntervalMs', resolved.maxIntervalMs, resolved.minIntervalMs);
  atLeast('memory', resolved.memory, 2, 'integer');
  atLeast('shortMemory', resolved.shortMemory, 2, 'integer');
  atLeast('maxKeys', resolved.maxKeys, 3, 'integer');
  return Object.freeze(resolved);
}
