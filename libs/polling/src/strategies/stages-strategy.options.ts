import { atLeast } from '../check.js';

/** One stage of progress. */
export interface Stage {
  /** The stage ends just below this progress, 0 to 100. */
  readonly below: number;
  /** Milliseconds between two polls, above 0. */
  readonly intervalMs: number;
}

/** How {@link StagesStrategy} spaces polls. */
export interface StagesOptions {
  /** In rising order of `below`. @defaultValue below 30 every 5,000 ms, below 70 every 3,000 ms */
  readonly stages?: readonly Stage[];
  /** Milliseconds between two polls after the last stage. @defaultValue 2,000 */
  readonly lastIntervalMs?: number;
  /** Polls in a row without change that slow down by one more step: an integer of at least 1. @defaultValue 3 */
  readonly unchangedPolls?: number;
  /** What one step multiplies the interval by: at least 1. @defaultValue 1.5 */
  readonly slowDown?: number;
  /**
   * How many steps there are: an integer of at least 0, or `Infinity`. 1 is what the first system of this kind did: it
   * slowed down once and never came to its longest interval. @defaultValue `Infinity`
   */
  readonly maxSlowDowns?: number;
  /** No interval is longer, in milliseconds. @defaultValue 10,000 */
  readonly maxIntervalMs?: number;
}

const DEFAULTS = {
  stages: [
    { below: 30, intervalMs: 5_000 },
    { below: 70, intervalMs: 3_000 },
  ],
  lastIntervalMs: 2_000,
  unchangedPolls: 3,
  slowDown: 1.5,
  maxSlowDowns: Infinity,
  maxIntervalMs: 10_000,
} as const satisfies Required<StagesOptions>;

/**
 * Fills in the defaults.
 *
 * @throws RangeError naming the option that is out of its bounds, and what was got.
 */
export function resolveStagesOptions(options: StagesOptions): Readonly<Required<StagesOptions>> {
  const resolved: Required<StagesOptions> = { ...DEFAULTS, ...options };
  let previous = 0;
  for (const [index, stage] of resolved.stages.entries()) {
    atLeast(`stages[${index}].intervalMs`, stage.intervalMs, 1);
    if (!(stage.below > previous && stage.below <= 100)) {
      throw new RangeError(`stages[${index}].below must be > ${previous} and <= 100, got ${stage.below}`);
    }
    previous = stage.below;
  }
  atLeast('lastIntervalMs', resolved.lastIntervalMs, 1);
  atLeast('unchangedPolls', resolved.unchangedPolls, 1, 'integer');
  atLeast('slowDown', resolved.slowDown, 1);
  if (resolved.maxSlowDowns !== Infinity) atLeast('maxSlowDowns', resolved.maxSlowDowns, 0, 'integer');
  atLeast('maxIntervalMs', resolved.maxIntervalMs, 1);
  return Object.freeze(resolved);
}
