/** Options of `BatchModule.forRoot`. */
export interface BatchOptions {
  /** Most items of a batch. @defaultValue 100,000 */
  readonly maxItems?: number;
  /** Pending items that are read at once, an integer of at least 1. @defaultValue 100 */
  readonly pageSize?: number;
  /** An item whose time is up and that has not ended after this is given up, in milliseconds. @defaultValue 5,000 */
  readonly abortGraceMs?: number;
  /** How long the shutdown waits for items under way, in milliseconds. @defaultValue 5,000 */
  readonly stopTimeoutMs?: number;
  /** Pause before the first retry of an item, doubled with each further one, in milliseconds. @defaultValue 1,000 */
  readonly retryPauseMs?: number;
}

/** {@link BatchOptions}, complete. */
export type ResolvedBatchOptions = Required<BatchOptions>;

const DEFAULTS: ResolvedBatchOptions = {
  maxItems: 100_000,
  pageSize: 100,
  abortGraceMs: 5_000,
  stopTimeoutMs: 5_000,
  retryPauseMs: 1_000,
};
const INTEGERS = ['maxItems', 'pageSize'] as const;
const SPANS = ['abortGraceMs', 'stopTimeoutMs', 'retryPauseMs'] as const;

/**
 * Fills in the defaults.
 *
 * @throws RangeError naming the option that is out of its bounds, and what was got
 */
export function resolveBatchOptions(options: BatchOptions = {}): ResolvedBatchOptions {
  const resolved = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS) as (keyof BatchOptions)[])
    resolved[name] = options[name] ?? DEFAULTS[name];
  for (const name of INTEGERS) {
    if (!Number.isInteger(resolved[name]) || resolved[name] < 1)
      throw new RangeError(`${name} must be an integer >= 1, got ${resolved[name]}`);
  }
  for (const name of SPANS) {
    if (!(resolved[name] >= 0)) throw new RangeError(`${name} must be >= 0, got ${resolved[name]}`);
  }
  return Object.freeze(resolved);
}
