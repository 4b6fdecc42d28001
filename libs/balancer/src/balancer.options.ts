import { type BalancerLimits, resolveBalancerLimits } from './limits.js';

/** The strategy where none is chosen. */
const DEFAULT_STRATEGY = 'power-of-two-choices';

/** Which strategy decides, by name. */
export interface StrategyOptions {
  /** For every model that is not listed. @defaultValue power-of-two-choices */
  readonly default?: string;
  /** By the id of the model. */
  readonly models?: Readonly<Record<string, string>>;
}

/** What may be changed while it runs. */
export interface BalancerSettings {
  /** @defaultValue power-of-two-choices for every model */
  readonly strategies?: StrategyOptions;
  /** @defaultValue none besides those of the tokens */
  readonly limits?: BalancerLimits;
}

/** Options of the balancer. */
export interface BalancerOptions extends BalancerSettings {
  /**
   * Most generations of each priority that wait for a token at once, besides those let in by force; an integer of at
   * least 1.
   * @defaultValue 10000
   */
  readonly maxWaiting?: number;
  /**
   * By how much one of the next higher priority may have come later and still go first, in milliseconds; an integer of
   * at least 0, which makes all priorities one.
   * @defaultValue 300000
   */
  readonly priorityHeadStartMs?: number;
  /**
   * What a refused caller is told to wait when the queue is full and nothing is known yet of how fast it moves, in
   * milliseconds; an integer of at least 0.
   * @defaultValue 5000
   */
  readonly fullRetryAfterMs?: number;
  /**
   * Most tokens that are looked at in one go where all of them are; others have their turn in between. An integer of at
   * least 1.
   * @defaultValue 1000
   */
  readonly sliceSize?: number;
}

/** {@link BalancerOptions} with nothing left out. */
export interface ResolvedBalancerOptions extends Readonly<Required<BalancerOptions>> {
  readonly strategies: Required<StrategyOptions>;
  readonly limits: Required<BalancerLimits>;
}

/**
 * Fills in the defaults.
 *
 * @throws RangeError naming the option that is out of bounds
 */
export function resolveBalancerOptions(options: BalancerOptions = {}): ResolvedBalancerOptions {
  const { maxWaiting = 10_000, priorityHeadStartMs = 300_000, strategies } = options;
  const { fullRetryAfterMs = 5_000, sliceSize = 1_000 } = options;
  atLeast('maxWaiting', maxWaiting, 1);
  atLeast('priorityHeadStartMs', priorityHeadStartMs, 0);
  atLeast('fullRetryAfterMs', fullRetryAfterMs, 0);
  atLeast('sliceSize', sliceSize, 1);
  return Object.freeze({
    maxWaiting,
    priorityHeadStartMs,
    fullRetryAfterMs,
    sliceSize,
    strategies: resolveStrategyOptions(strategies),
    limits: resolveBalancerLimits(options.limits),
  });
}

/** Fills in the defaults, in a copy. Whether there are strategies of these names is not looked at. */
export function resolveStrategyOptions({
  default: standard = DEFAULT_STRATEGY,
  models = {},
}: StrategyOptions = {}): Required<StrategyOptions> {
  return { default: standard, models: { ...models } };
}

function atLeast(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new RangeError(`${name} must be an integer >= ${least}, got ${value}`);
}
